import type { Next } from 'koa';
import type { AppContext } from '../app-state.ts';
import type { LifecycleState } from '../health/readiness.ts';

/** Closes each connection behind its answer while the server drains: one that stays open would hold up the end. */
export function closeWhileDraining(state: () => LifecycleState): (ctx: AppContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    await next();
    if (state() === 'draining') ctx.set('Connection', 'close');
  };
}
