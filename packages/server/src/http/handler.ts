import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { AppOptions } from './app-options.ts';
import { type AuthOption, checkAuth } from './auth-option.ts';
import { createApp } from './app.ts';
import { checkBasePath } from '../config/base-path.ts';
import { checkCorsOrigins } from '../config/cors-origins.ts';
import { BODY_LIMIT_BYTES } from '../config/http-defaults.ts';
import type { LifecycleState } from './health/readiness.ts';
import { inTurn } from './pipeline/connection-turn.ts';
import { type OverloadOptions, refuseWhenOverloaded } from './pipeline/overload.ts';

/** Options of {@link createHandler}. */
export interface HandlerOptions extends Omit<
  AppOptions,
  'auth' | 'state' | 'stopping' | 'requests' | 'status' | 'isExcess'
> {
  /**
   * Says who sends a request; each then needs the scope of its operation, and sees what its sender has made. With "none"
   * every request may do everything: the application decides in front of the handler who reaches it.
   */
  readonly auth: AuthOption;
}

/** What every handler has beside the call. */
export interface Drainable {
  /** Begins the end: readiness answers 503 from now on, streams of events end, and every answer ends its connection. {@link stopService} calls it. */
  drain(): void;
}

/** The service as a listener for the requests of an HTTP server. */
export interface Handler extends Drainable {
  (request: IncomingMessage, response: ServerResponse): void;
}

/**
 * Returns the service as a request handler, for your own application: `http.createServer(handler)`, or below a
 * path of an Express application, `app.use('/booking', handler)`, whose links then begin with that path; for other
 * frameworks `basePath` names it. Requests of one connection are handled one after the other. Also
 * prepare the server with `guardConnections`.
 *
 * Starting the engine stays with the application that made it; `stopService` stops it.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createHandler(options: HandlerOptions): Handler {
  const stopping = new AbortController();
  const state = (): LifecycleState => (stopping.signal.aborted ? 'draining' : 'ready');
  const auth = checkAuth(options.auth);
  return Object.assign(createRequestListener({ ...options, auth, state, stopping: stopping.signal }), {
    drain() {
      stopping.abort();
    },
  });
}

/** Returns the service, in any state of its server, as a listener for the requests of an HTTP server. */
export function createRequestListener(options: AppOptions): RequestListener {
  const app = createApp(options).callback();
  const { reservations, state = () => 'ready' } = options;
  const overload: OverloadOptions = {
    // Answers of a server that stops end their connection, which the application sees to.
    isOverloaded: () => reservations.isOverloaded() && state() === 'ready',
    logger: options.logger,
    meter: options.requests,
    bodyLimitBytes: options.bodyLimitBytes ?? BODY_LIMIT_BYTES,
    basePath: checkBasePath(options.basePath ?? ''),
    corsOrigins: checkCorsOrigins(options.corsOrigins ?? 'none'),
  };
  return inTurn(refuseWhenOverloaded(overload, (request, response) => void app(request, response)));
}
