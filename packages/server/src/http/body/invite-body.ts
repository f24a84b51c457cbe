import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests whose clients wait for `100 Continue` before they send the body. */
const uninvited = new WeakSet<IncomingMessage>();

/**
 * Sends `100 Continue` when something begins to read the body, so that a request that is refused before gets its answer
 * instead (RFC 9110, 10.1.1). Whatever reads it may do so: this handler, or a parser of the application around it.
 */
export function inviteOnRead(request: IncomingMessage, response: ServerResponse): void {
  uninvited.add(request);
  request.on('newListener', function invite(event: string | symbol) {
    if (event !== 'data' && event !== 'readable') return;
    request.off('newListener', invite);
    // Behind an answer the body is read to be forgotten.
    if (!response.headersSent) {
      uninvited.delete(request);
      response.writeContinue();
    }
  });
}

/** True for a request whose client waits for `100 Continue`, and may never send the body without it. */
export function isUninvited(request: IncomingMessage): boolean {
  return uninvited.has(request);
}

/** True when the head of a request announces a body. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
