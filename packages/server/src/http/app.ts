import { guardTracer } from '@reservations/core/ports';
import Koa from 'koa';
import type { Logger } from 'pino';
import { checkBasePath } from '../config/base-path.ts';
import { checkCorsOrigins } from '../config/cors-origins.ts';
import { BODY_LIMIT_BYTES, BODY_LIMIT_MAX_BYTES, STREAMS_LIMIT, STREAMS_MAX } from '../config/http-defaults.ts';
import { checkRateLimit, checkTrustedProxies } from '../config/rate-limit.ts';
import { checkWholeNumber } from '../config/whole-number.ts';
import type { AppOptions } from './app-options.ts';
import type { AppState } from './app-state.ts';
import { answerUnread } from './body/answer-unread.ts';
import { createEventHub } from './events/event-hub.ts';
import { getEvents, getHistory } from './events/routes.ts';
import { createStreamPlaces } from './events/stream-places.ts';
import { createReadiness } from './health/readiness.ts';
import { getLive, getReady } from './health/routes.ts';
import { getStatus } from './health/status.ts';
import { getDocument, getPage, getPageFile } from './openapi/routes.ts';
import { catchFaults } from './pipeline/catch-faults.ts';
import { checkHead } from './pipeline/check-head.ts';
import { createAuthorization } from './pipeline/authorize.ts';
import { allowOrigins, answerPreflights } from './pipeline/cors.ts';
import { closeWhileDraining } from './pipeline/drain.ts';
import { observeRequest } from './pipeline/request-end.ts';
import { refuseExcess } from './pipeline/refuse-excess.ts';
import { traceRequest } from './pipeline/request-span.ts';
import { beginRequest } from './pipeline/request-state.ts';
import { answerUnrouted } from './pipeline/unrouted.ts';
import { limitRequests } from './rate-limit/limit-requests.ts';
import { listReservations } from './reservations/list.ts';
import { getReservation, postReservation } from './reservations/routes.ts';
import { getRoot } from './root.ts';
import { createRouter, type Handlers } from './router.ts';

/**
 * Builds the HTTP application: parse, call a use case, shape the answer.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createApp(options: AppOptions): Koa<AppState> {
  const { reservations, store, logger, state = () => 'ready' } = options;
  const bodyLimitBytes = checkBodyLimit(options.bodyLimitBytes ?? BODY_LIMIT_BYTES);
  const basePath = checkBasePath(options.basePath ?? '');
  const corsOrigins = checkCorsOrigins(options.corsOrigins ?? 'none');
  const quota = checkRateLimit(options.rateLimit ?? null);
  const trustedProxies = checkTrustedProxies(options.trustedProxies ?? 0);
  const routes = { reservations, bodyLimitBytes };
  const showReservation = getReservation(routes);
  const { stopping } = options;
  const streamsMax = checkWholeNumber('streamsMax', options.streamsMax ?? STREAMS_MAX, 0, STREAMS_LIMIT);
  const events = {
    reservations,
    store,
    logger,
    hub: createEventHub({ store, logger, stopping }),
    places: createStreamPlaces(streamsMax, (open) => options.requests?.streams(open, streamsMax)),
  };
  const showHistory = getHistory(events);
  const handlers: Handlers = {
    root: getRoot,
    live: getLive,
    ready: getReady(createReadiness({ store, state, onStoreChange: logStoreChange(logger) })),
    status: options.status === undefined ? null : getStatus(options.status),
    createReservation: postReservation(routes),
    listReservations: listReservations(reservations),
    document: getDocument(),
    page: getPage,
    pageFile: (ctx, { file = '' }) => getPageFile(ctx, file),
    events: getEvents(events),
    getHistory: (ctx, { reservation_id = '' }) => showHistory(ctx, reservation_id),
    getReservation: (ctx, { reservation_id = '' }) => showReservation(ctx, reservation_id),
  };
  const limit = quota === null ? null : limitRequests({ quota, trustedProxies });
  // Counts by principal: with authentication, behind it.
  const isLimitedInRouter = options.auth !== undefined;
  const router = createRouter(handlers, createAuthorization(options.auth, isLimitedInRouter ? limit : null));

  const app = new Koa<AppState>();
  app.on('error', logUnsent(logger));
  app.use(answerUnread);
  app.use(beginRequest(basePath));
  if (logger !== undefined || options.requests !== undefined)
    app.use(observeRequest({ logger, meter: options.requests }));
  if (options.tracer !== undefined) app.use(traceRequest(guardTracer(options.tracer)));
  app.use(allowOrigins(corsOrigins));
  app.use(closeWhileDraining(state));
  app.use(catchFaults);
  app.use(checkHead);
  if (options.isExcess !== undefined) app.use(refuseExcess(options.isExcess, options.requests));
  app.use(answerPreflights(corsOrigins));
  if (limit !== null && !isLimitedInRouter) app.use(limit);
  app.use(router.routes());
  app.use(answerUnrouted);
  return app;
}

function checkBodyLimit(bytes: number): number {
  return checkWholeNumber('bodyLimitBytes', bytes, 1, BODY_LIMIT_MAX_BYTES);
}

/** What an answer fails with when its client has gone, which clients of event streams do all the time. */
const CLIENT_GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE']);

/** Logs answers that could not be sent. Of a client that has gone, the line of its request tells. */
function logUnsent(logger: Logger | undefined): (error: NodeJS.ErrnoException) => void {
  return (error) => {
    const isGone = CLIENT_GONE.has(error.code ?? '');
    logger?.[isGone ? 'debug' : 'warn']({ err: error }, 'an answer could not be sent');
  };
}

/** Logs why readiness answers 503, and when the store can be written again. */
function logStoreChange(logger: Logger | undefined): (fault: unknown) => void {
  return (fault) => {
    if (fault === null) logger?.info({ kind: 'store-writable' }, 'the store can be written again');
    else logger?.error({ kind: 'store-not-writable', err: fault }, 'the store cannot be written: not ready');
  };
}
