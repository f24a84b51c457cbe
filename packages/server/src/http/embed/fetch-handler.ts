import { BODY_LIMIT_BYTES } from '../../config/http-defaults.ts';
import { createHandler, type Drainable, type HandlerOptions } from '../handler.ts';
import { createBridge } from './fetch-bridge.ts';

/** The service as a function from a Web-standard request to its response. */
export interface FetchHandler extends Drainable {
  (request: Request): Promise<Response>;
}

/**
 * Returns the service as a Web-standard handler, for Hono on Node, route handlers of Next and the like. It needs Node:
 * edge runtimes have neither the drivers nor `node:http`. An abort of the request, or the cancellation of its response,
 * ends a stream; a charge that is under way goes on.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createFetchHandler(options: HandlerOptions): FetchHandler {
  const handler = createHandler(options);
  const handle = createBridge(handler, options.bodyLimitBytes ?? BODY_LIMIT_BYTES);
  return Object.assign(handle, { drain: () => handler.drain() });
}
