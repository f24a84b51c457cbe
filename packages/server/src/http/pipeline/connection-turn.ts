import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { readsOf } from './connection-reads.ts';

/** Requests of one connection that wait for their turn before no more are read from it. */
export const WAITING_MAX = 16;

const waiting = new WeakMap<Socket, number>();

/**
 * Calls `handle` for the requests of a connection one after the other, and never for a request behind the answer that
 * ends the connection (RFC 9112, 9.6): its answer could not be sent. Requests that wait when such an answer is
 * sent are dropped.
 *
 * The platform emits a request as soon as it is parsed, also while earlier ones are unanswered. It gives the socket to
 * a response when the earlier ones are sent and the connection goes on; that moment is the request's turn, whichever
 * handler answers the earlier ones. Requests that come over no connection, from an injector for tests or from an
 * adapter for functions in a cloud, are handled at once.
 */
export function inTurn(handle: RequestListener): RequestListener {
  function take(request: IncomingMessage, response: ServerResponse): void {
    // Not writable once an answer that ends the connection was sent.
    if (request.socket.writable) handle(request, response);
  }

  return (request, response) => {
    if (!(request.socket instanceof Socket)) {
      handle(request, response);
      return;
    }
    if (response.socket !== null) {
      take(request, response);
      return;
    }
    // A framework that mounts the handler restores its own URL once the handler returns.
    const { url } = request;
    startWaiting(request.socket);
    response.once('socket', () => {
      endWaiting(request.socket);
      // In a later turn of the event loop: other connections come first.
      setImmediate(() => {
        if (url !== undefined) request.url = url;
        take(request, response);
      });
    });
  };
}

function startWaiting(socket: Socket): void {
  const count = (waiting.get(socket) ?? 0) + 1;
  waiting.set(socket, count);
  if (count === WAITING_MAX) readsOf(socket).hold();
}

function endWaiting(socket: Socket): void {
  const count = (waiting.get(socket) ?? 0) - 1;
  waiting.set(socket, count);
  if (count === WAITING_MAX - 1) readsOf(socket).release();
}
