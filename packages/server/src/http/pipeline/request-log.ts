import type { RouterContext } from '@koa/router';
import type { Logger } from 'pino';
import type { AppContext, AppState } from '../app-state.ts';

/** The status in the log when the client went away before it had its answer. */
const CLIENT_GONE_STATUS = 499;

/**
 * Handles a request, and writes one line when it is over: its answer gone, or its client, and the work on it done.
 * Bodies, user ids and query strings stay out of it.
 */
export async function logRequest(logger: Logger, ctx: AppContext, handle: () => Promise<unknown>): Promise<void> {
  const startedAtMs = performance.now();
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  ctx.res.once('close', resolve);
  try {
    await handle();
  } finally {
    void closed.then(() => writeLine(logger, ctx, performance.now() - startedAtMs));
  }
}

function writeLine(logger: Logger, ctx: AppContext, durationMs: number): void {
  const { requestId, reservationId, fault } = ctx.state;
  const status = ctx.res.headersSent ? ctx.res.statusCode : CLIENT_GONE_STATUS;
  const route = routeOf(ctx);
  const line = {
    method: ctx.method,
    route,
    status,
    duration_ms: Math.round(durationMs * 10) / 10,
    request_id: requestId,
    ...(reservationId === null ? {} : { reservation_id: reservationId }),
    ...(fault === null ? {} : { err: fault }),
  };
  logger[levelOf(status, route)](line, 'request');
}

/** The pattern, not the path: paths are the client's to choose. */
function routeOf(ctx: AppContext): string | null {
  const path = (ctx as RouterContext<AppState>).matched?.[0]?.path;
  return path === undefined ? null : String(path);
}

function levelOf(status: number, route: string | null): 'debug' | 'info' | 'warn' | 'error' {
  if (status === 500) return 'error';
  if (status > 500) return 'warn';
  return route?.startsWith('/health/') === true ? 'debug' : 'info';
}
