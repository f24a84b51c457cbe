import type { AppContext } from '../app-state.ts';
import { discardBody } from './read-body.ts';

/**
 * Sends an answer that is made already, at once and whole; the connection ends when the client has sent what it wants to
 * send, within bounds.
 */
export async function answerWhileDiscarding(ctx: AppContext): Promise<void> {
  ctx.respond = false;
  ctx.set('Content-Length', String(ctx.length));
  // Writing to a connection that is gone would emit an error without a listener.
  if (!ctx.writable) return;
  ctx.res.write(ctx.body);
  await discardBody(ctx.req);
  ctx.res.end();
}
