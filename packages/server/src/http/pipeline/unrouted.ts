import type { RouterContext } from '@koa/router';
import { answerProblem } from '../answer.ts';
import type { AppContext, AppState } from '../app-state.ts';
import { PROBLEMS } from '../problems/problems.ts';
import { OPERATION_NAMES, OPERATIONS } from '../wire/operations.ts';

/** Methods of the service as a whole, which `OPTIONS *` asks for. */
const ALL_METHODS: readonly string[] = [
  'HEAD',
  ...OPERATION_NAMES.map((name) => OPERATIONS[name].method.toUpperCase()),
];

/**
 * Answers a request that no route took: its path is unknown, or it asks with `OPTIONS` for the methods of the path, or its
 * method is none of them.
 */
export function answerUnrouted(ctx: AppContext): void {
  const methods = ctx.method === 'OPTIONS' && ctx.path === '*' ? ALL_METHODS : methodsOf(ctx);
  if (methods.length === 0) {
    answerProblem(ctx, { code: 'not_found', detail: PROBLEMS.not_found.title });
    return;
  }
  const headers = { Allow: [...new Set([...methods, 'OPTIONS'])].sort().join(', ') };
  if (ctx.method === 'OPTIONS') {
    ctx.set(headers);
    ctx.status = 204;
    return;
  }
  answerProblem(ctx, { code: 'method_not_allowed', detail: PROBLEMS.method_not_allowed.title, headers });
}

function methodsOf(ctx: AppContext): readonly string[] {
  return ((ctx as RouterContext<AppState>).matched ?? []).flatMap((layer) => layer.methods);
}
