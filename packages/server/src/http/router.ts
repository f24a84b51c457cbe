import { Router } from '@koa/router';
import type { AppContext, AppState } from './app-state.ts';
import type { Authorize } from './pipeline/authorize.ts';
import { hideFromPages } from './pipeline/cors.ts';
import type { Operation } from './wire/operation.ts';
import { OPERATION_NAMES, type OperationName, OPERATIONS } from './wire/operations.ts';

/** Handlers of the operations, which get the parameters of the path; null for an operation that a server does not have. */
export type Handlers = {
  readonly [Name in OperationName]:
    | ((ctx: AppContext, parameters: Readonly<Record<string, string>>) => void | Promise<void>)
    | null;
};

/**
 * Builds the router of the operations. A path that only differs in upper and lower case is another one. No handler is called
 * before `authorize` has let its request go on.
 */
export function createRouter(handlers: Handlers, authorize: Authorize): Router<AppState> {
  const router = new Router<AppState>({ sensitive: true });
  for (const name of OPERATION_NAMES) {
    const operation: Operation = OPERATIONS[name];
    const { method, path } = operation;
    const handle = handlers[name];
    if (handle === null) continue;
    router[method](path.replaceAll(/\{(\w+)\}/g, ':$1'), async (ctx) => {
      if (operation.isHiddenFromPages === true) hideFromPages(ctx);
      await authorize(ctx, operation, async () => await handle(ctx, ctx.params));
    });
  }
  return router;
}
