import type { RouterContext } from '@koa/router';
import type { Next } from 'koa';
import type { Logger } from 'pino';
import type { EndedRequest, RequestMeter } from '../../observe/requests.ts';
import type { AppContext, AppState } from '../app-state.ts';
import { createRefusalLog } from './refusal-log.ts';
import { logRequest } from './request-log.ts';

/** The status of a request whose client went away before it had its answer. */
const CLIENT_GONE_STATUS = 499;

/** What is told of the end of each request. */
export interface RequestEndOptions {
  readonly logger: Logger | undefined;
  readonly meter: RequestMeter | undefined;
}

/**
 * Logs and measures a request when it is over: its answer gone, or its client, and the work on it done. A stream of events is
 * measured when it begins, since it lasts as long as its client wants, and logged at its end.
 */
export function observeRequest({ logger, meter }: RequestEndOptions): (ctx: AppContext, next: Next) => Promise<void> {
  const logRefusal = logger === undefined ? null : createRefusalLog(logger);

  function tell(ctx: AppContext, ended: EndedRequest): void {
    if (!ctx.state.isStream) meter?.ended(ended);
    else if (ended.refusal !== null) meter?.streamRefused(ended.refusal);
    if (logger === undefined) return;
    if (isRefused(ctx, ended)) logRefusal?.(() => logRequest(logger, ctx, ended));
    else logRequest(logger, ctx, ended);
  }

  return async (ctx, next) => {
    const startedAtMs = performance.now();
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    ctx.res.once('close', resolve);
    meter?.begun();
    const end = (status: number): EndedRequest => endOf(ctx, status, performance.now() - startedAtMs);
    try {
      await next();
    } finally {
      if (ctx.state.isStream) meter?.ended(end(ctx.status));
      void closed.then(() => tell(ctx, end(ctx.res.headersSent ? ctx.res.statusCode : CLIENT_GONE_STATUS)));
    }
  };
}

/** True for a request that was refused for what its sender is, or may be, and did nothing. */
function isRefused({ state }: AppContext, { status, limitedBy }: EndedRequest): boolean {
  return status === 401 || state.refusal === 'unavailable' || limitedBy !== null || state.isConnectionRefused;
}

function endOf(ctx: AppContext, status: number, durationMs: number): EndedRequest {
  return {
    method: ctx.method,
    route: routeOf(ctx),
    status,
    durationMs,
    knownKey: ctx.state.knownKey,
    refusal: ctx.state.refusal,
    isOverloaded: ctx.state.isOverloaded,
    limitedBy: ctx.state.limitedBy,
  };
}

/** Returns the pattern, not the path: paths are the client's to choose. Null when no route matched. */
export function routeOf(ctx: AppContext): string | null {
  const path = (ctx as RouterContext<AppState>).matched?.[0]?.path;
  return path === undefined ? null : String(path);
}
