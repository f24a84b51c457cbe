import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AppOptions } from './app-options.ts';
import { createApp } from './app.ts';

/** What {@link createReservationsHandler} works with. */
export type ReservationsHandlerOptions = Omit<AppOptions, 'state'>;

/**
 * The service as a request handler, for an application of one's own: `http.createServer(handler)`, or below a path
 * of an Express application, `app.use('/booking', handler)`, whose links then begin with that path.
 *
 * Starting and stopping the engine, and closing store and gateway, stay with whoever made them.
 */
export function createReservationsHandler(
  options: ReservationsHandlerOptions,
): (request: IncomingMessage, response: ServerResponse) => void {
  const handle = createApp(options).callback();
  return (request, response) => void handle(request, response);
}
