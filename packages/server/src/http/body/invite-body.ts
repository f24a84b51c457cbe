import type { IncomingMessage, ServerResponse } from 'node:http';

/** Requests whose clients wait for `100 Continue` before they send the body. */
const uninvited = new WeakSet<IncomingMessage>();

/**
 * Sends `100 Continue` when something begins to read the body, so that a request that is refused before gets its answer
 * instead (RFC 9110, 10.1.1). This handler may read it, or a parser of the application around it.
 */
export function inviteOnRead(request: IncomingMessage, response: ServerResponse): void {
  function invite(): void {
    request.off('newListener', look).off('resume', invite);
    // Behind an answer the body is read to be forgotten.
    if (response.headersSent) return;
    uninvited.delete(request);
    response.writeContinue();
  }
  function look(event: string | symbol): void {
    if (event === 'data' || event === 'readable') invite();
  }
  uninvited.add(request);
  // A body that is dropped has no listener.
  request.on('resume', invite).on('newListener', look);
}

/** True for a request whose client waits for `100 Continue`, and may never send the body without it. */
export function isUninvited(request: IncomingMessage): boolean {
  return uninvited.has(request);
}

/** True when the head of a request announces a body. */
export function announcesBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}
