import type { Next } from 'koa';
import type { RequestMeter } from '../../observe/requests.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import type { Problem } from '../problems/problems.ts';

/** Answered on every connection: who asks decides whether the server lives on. */
const HEALTH = '/health/';

/**
 * Refuses the requests of connections beyond those that may be open, but not those for health, and ends the connection in
 * either case.
 */
export function refuseExcess(
  isExcess: (connection: object) => boolean,
  meter: RequestMeter | undefined,
): (ctx: AppContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    if (!isExcess(ctx.req.socket)) return await next();
    ctx.set('Connection', 'close');
    if (ctx.path.startsWith(HEALTH)) return await next();
    ctx.state.isConnectionRefused = true;
    meter?.connectionRefused();
    answerProblem(ctx, TOO_MANY_CONNECTIONS);
  };
}

const TOO_MANY_CONNECTIONS: Problem = {
  code: 'too_many_connections',
  detail: 'As many connections are open as may be. Nothing was done; please try again later.',
  headers: { 'Retry-After': '5' },
};
