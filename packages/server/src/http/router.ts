import { Router } from '@koa/router';
import type { AppContext, AppState } from './app-state.ts';
import { OPERATION_NAMES, type OperationName, OPERATIONS } from './wire/operations.ts';

/** Handlers of the operations, which get the parameters of the path; null for an operation that a server does not have. */
export type Handlers = {
  readonly [Name in OperationName]:
    | ((ctx: AppContext, parameters: Readonly<Record<string, string>>) => void | Promise<void>)
    | null;
};

/** Builds the router of the operations. A path that only differs in upper and lower case is another one. */
export function createRouter(handlers: Handlers): Router<AppState> {
  const router = new Router<AppState>({ sensitive: true });
  for (const name of OPERATION_NAMES) {
    const { method, path } = OPERATIONS[name];
    const handle = handlers[name];
    if (handle !== null) router[method](path.replaceAll(/\{(\w+)\}/g, ':$1'), (ctx) => handle(ctx, ctx.params));
  }
  return router;
}
