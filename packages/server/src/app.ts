import { Router, type RouterContext } from '@koa/router';
import Koa, { type Next } from 'koa';
import type { Logger } from 'pino';
import { answerProblem } from './answer.ts';
import { type AppOptions, BODY_LIMIT_BYTES } from './app-options.ts';
import type { AppContext, AppState } from './app-state.ts';
import { allowOrigins, answerPreflights } from './cors.ts';
import { checkCorsOrigins } from './cors-origins.ts';
import { problemOf } from './errors.ts';
import { createReadiness } from './health.ts';
import { checkBasePath, mountPath, withoutBasePath } from './mount-path.ts';
import { PROBLEMS } from './problems.ts';
import { requestIdFrom } from './request-id.ts';
import { logRequest } from './request-log.ts';
import { getLive, getReady } from './routes/health.ts';
import { getReservation, postReservation } from './routes/reservations.ts';
import { getRoot } from './routes/root.ts';

/**
 * Builds the HTTP application: parse, call a use case, shape the answer.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createApp(options: AppOptions): Koa<AppState> {
  const { reservations, store, logger, bodyLimitBytes = BODY_LIMIT_BYTES, state = () => 'ready' } = options;
  const basePath = checkBasePath(options.basePath ?? '');
  const corsOrigins = checkCorsOrigins(options.corsOrigins ?? 'none');
  const routes = { reservations, bodyLimitBytes };
  const showReservation = getReservation(routes);
  const router = new Router<AppState>({ sensitive: true });
  router.get('/', getRoot);
  router.get('/health/live', getLive);
  router.get('/health/ready', getReady(createReadiness({ store, state, onStoreChange: logStoreChange(logger) })));
  router.post('/reservations', postReservation(routes));
  router.get('/reservations/:reservation_id', (ctx) => showReservation(ctx, ctx.params['reservation_id'] ?? ''));

  const app = new Koa<AppState>();
  app.on('error', (error) => logger?.warn({ err: error }, 'an answer could not be sent'));
  app.use(aboutRequest(logger, basePath));
  app.use(allowOrigins(corsOrigins));
  app.use(async (ctx, next) => {
    await next();
    // A connection that stays open would hold up the end.
    if (state() === 'draining') ctx.set('Connection', 'close');
  });
  app.use(catchFaults);
  app.use(checkHead);
  app.use(answerPreflights(corsOrigins));
  app.use(router.routes());
  app.use(answerUnrouted);
  return app;
}

/** Says why readiness answers 503, and when it is over. */
function logStoreChange(logger: Logger | undefined): (fault: unknown) => void {
  return (fault) => {
    if (fault === null) logger?.info({ kind: 'store-writable' }, 'the store can be written again');
    else logger?.error({ kind: 'store-not-writable', err: fault }, 'the store cannot be written: not ready');
  };
}

function aboutRequest(logger: Logger | undefined, basePath: string): (ctx: AppContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    const requestId = requestIdFrom(ctx.get('X-Request-Id'));
    const mountedAt = basePath === '' ? mountPath(ctx.req) : basePath;
    if (basePath !== '') ctx.path = withoutBasePath(ctx.path, basePath);
    // Taken now: some frameworks put the whole path back while the request is handled.
    const instance = mountedAt + ctx.path;
    Object.assign(ctx.state, {
      requestId,
      mountPath: mountedAt,
      instance,
      reservationId: null,
      fault: null,
    } satisfies AppState);
    ctx.set('X-Request-Id', requestId);
    await (logger === undefined ? next() : logRequest(logger, ctx, next));
  };
}

async function catchFaults(ctx: AppContext, next: Next): Promise<void> {
  try {
    await next();
  } catch (error) {
    ctx.state.fault = error;
    answerProblem(ctx, problemOf(error));
  }
}

/** What the platform would refuse with an empty answer. `100-continue` is the one expectation that it meets. */
async function checkHead(ctx: AppContext, next: Next): Promise<void> {
  const { host, expect } = ctx.req.headers;
  const detail = host === undefined ? 'The request has no Host header' : 'The request has several Host headers';
  const isMalformed = host === undefined ? ctx.req.httpVersion === '1.1' : hostHeaders(ctx.req) > 1;
  if (isMalformed) {
    // RFC 9112, 3.2.
    answerProblem(ctx, { code: 'malformed_request', detail, headers: { Connection: 'close' } });
  } else if (expect !== undefined && !/100-continue/i.test(expect)) {
    // Nobody knows whether its body follows.
    const headers = { Connection: 'close' };
    answerProblem(ctx, { code: 'expectation_failed', detail: 'No expectation but 100-continue can be met', headers });
  } else {
    await next();
  }
}

/** Lines of the Host header. A request of an injector may have no raw headers. */
function hostHeaders({ rawHeaders = [] }: { readonly rawHeaders?: readonly string[] }): number {
  return rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host').length;
}

/** No route took the request: either its path is unknown, or its method is none of the path's. */
function answerUnrouted(ctx: AppContext): void {
  const methods = ((ctx as RouterContext<AppState>).matched ?? []).flatMap((layer) => layer.methods);
  if (methods.length === 0) {
    answerProblem(ctx, { code: 'not_found', detail: PROBLEMS.not_found.title });
    return;
  }
  const headers = { Allow: [...new Set(methods)].sort().join(', ') };
  answerProblem(ctx, { code: 'method_not_allowed', detail: PROBLEMS.method_not_allowed.title, headers });
}
