import type { IncomingMessage } from 'node:http';
import type { Next } from 'koa';
import type { AppContext } from '../app-state.ts';
import { isUninvited } from './invite-body.ts';
import { discardBody } from './read-body.ts';

/** For the body of a client that did not wait to be invited. One that did has nothing to send: it has its answer. */
const UNINVITED_MS_MAX = 300;

/** A body of this size is awaited, so that its connection can carry another request. */
const AWAITED_BYTES_MAX = 64 * 1024;

/**
 * Answers requests whose body was not read, because they are refused by what stands before it. A small body is read and
 * forgotten first. With a larger one, one that does not come, or one whose client waits for `100 Continue`, the answer is
 * sent at once and ends its connection. Nothing of a body is read without bounds, and a request gets one answer. Belongs
 * around everything that answers.
 */
export async function answerUnread(ctx: AppContext, next: Next): Promise<void> {
  await next();
  const { req } = ctx;
  const isWhole = typeof ctx.body === 'string' || Buffer.isBuffer(ctx.body);
  if (!isWhole || ctx.respond === false || !isArriving(req)) return;
  const endsConnection = ctx.response.get('Connection') === 'close';
  if (!endsConnection && !isUninvited(req) && declaredBytes(req) <= AWAITED_BYTES_MAX) {
    await discardBody(req);
    if (isArriving(req)) ctx.set('Connection', 'close');
    return;
  }
  ctx.set('Connection', 'close');
  await answerWhileDiscarding(ctx);
}

/** True while a body is on its way. */
function isArriving(request: IncomingMessage): boolean {
  // An injector's request says nothing of it.
  return (request.complete as boolean | undefined) === false && declaredBytes(request) > 0;
}

/** Infinite for a body of unknown length. */
function declaredBytes({ headers }: IncomingMessage): number {
  if (headers['transfer-encoding'] !== undefined) return Number.POSITIVE_INFINITY;
  return Number(headers['content-length'] ?? 0);
}

/** Sends the answer at once and whole; the connection ends when the client has sent what it wants to send, within bounds. */
async function answerWhileDiscarding(ctx: AppContext): Promise<void> {
  ctx.respond = false;
  ctx.set('Content-Length', String(ctx.length));
  // Writing to a connection that is gone would emit an error without a listener.
  if (!ctx.writable) return;
  ctx.res.write(ctx.body);
  await discardBody(ctx.req, isUninvited(ctx.req) ? UNINVITED_MS_MAX : undefined);
  ctx.res.end();
}
