import type { RouterContext } from '@koa/router';
import { answerProblem } from '../answer.ts';
import type { AppContext, AppState } from '../app-state.ts';
import { PROBLEMS } from '../problems/problems.ts';

/** Answers a request that no route took: either its path is unknown, or its method is none of the path's. */
export function answerUnrouted(ctx: AppContext): void {
  const methods = ((ctx as RouterContext<AppState>).matched ?? []).flatMap((layer) => layer.methods);
  if (methods.length === 0) {
    answerProblem(ctx, { code: 'not_found', detail: PROBLEMS.not_found.title });
    return;
  }
  const headers = { Allow: [...new Set(methods)].sort().join(', ') };
  answerProblem(ctx, { code: 'method_not_allowed', detail: PROBLEMS.method_not_allowed.title, headers });
}
