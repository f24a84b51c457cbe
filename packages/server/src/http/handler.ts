import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AppOptions } from './app-options.ts';
import { createApp } from './app.ts';
import { inTurn } from './pipeline/connection-turn.ts';

/** Options of {@link createReservationsHandler}. */
export type ReservationsHandlerOptions = Omit<AppOptions, 'state' | 'requests' | 'status'>;

/**
 * Returns the service as a request handler, for your own application: `http.createServer(handler)`, or below a
 * path of an Express application, `app.use('/booking', handler)`, whose links then begin with that path; for other
 * frameworks `basePath` names it. Requests of one connection are handled one after the other. Also
 * prepare the server with `guardConnections`.
 *
 * Starting and stopping the engine, and closing store and gateway, stay with the application that made them.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createReservationsHandler(
  options: ReservationsHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  return createRequestListener(options);
}

/** Returns the service, in any state of its server, as a listener for the requests of an HTTP server. */
export function createRequestListener(options: AppOptions): RequestListener {
  const handle = createApp(options).callback();
  return inTurn((request, response) => void handle(request, response));
}
