import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { CorsOrigins } from '../../config/cors-origins.ts';
import type { RequestMeter } from '../../observe/requests.ts';
import { OVERLOADED } from '../problems/problem-of.ts';
import { answerOf } from '../problems/problems.ts';
import { SECURITY_HEADERS } from '../wire/headers.ts';
import { corsHeaders } from './cors.ts';
import { mountPath, withoutBasePath } from './mount-path.ts';
import { requestIdFrom } from './request-id.ts';

/** The only requests that are refused here: the others cost less than a charge. */
const METHOD = 'POST';
const ROUTE = '/reservations';

/** Interval of the log's lines about refused requests. */
const LOG_INTERVAL_MS = 1_000;

/** Options of {@link refuseWhenOverloaded}. */
export interface OverloadOptions {
  readonly isOverloaded: () => boolean;
  readonly logger: Logger | undefined;
  readonly meter: RequestMeter | undefined;
  readonly bodyLimitBytes: number;
  readonly basePath: string;
  readonly corsOrigins: CorsOrigins;
}

/**
 * Answers 503 to requests for a reservation while the engine would refuse them, before their body is read: it takes a third
 * of the time that the application behind it needs for that, and under overload this time is taken from requests that could
 * be served. Of requests with an Idempotency-Key, one in each turn of the event loop goes on, since its key may be known:
 * nearly all of them while the processor has time left.
 */
export function refuseWhenOverloaded(options: OverloadOptions, handle: RequestListener): RequestListener {
  const { isOverloaded, bodyLimitBytes, basePath } = options;
  const refuse = createRefusal(options);
  let hasKeyGoneOn = false;

  function maySkip({ headers }: IncomingMessage): boolean {
    if (headers['idempotency-key'] === undefined || hasKeyGoneOn) return true;
    hasKeyGoneOn = true;
    setImmediate(() => {
      hasKeyGoneOn = false;
    });
    return false;
  }

  return (request, response) => {
    const isRefused =
      request.method === METHOD &&
      isOverloaded() &&
      isPlain(request, bodyLimitBytes) &&
      withoutBasePath(pathOf(request), basePath) === ROUTE &&
      maySkip(request);
    if (isRefused) refuse(request, response);
    else handle(request, response);
  };
}

function createRefusal({ logger, meter, basePath, corsOrigins }: OverloadOptions): RequestListener {
  const count = countIntoLog(logger);
  return (request: IncomingMessage, response: ServerResponse): void => {
    const startedAtMs = performance.now();
    const { headers } = request;
    const requestId = requestIdFrom(String(headers['x-request-id'] ?? ''));
    const instance = (basePath === '' ? mountPath(request) : basePath) + ROUTE;
    const { status, contentType, body } = answerOf(OVERLOADED, { instance, requestId }, headers.accept ?? '');
    meter?.begun();
    response.writeHead(status, {
      ...corsHeaders(corsOrigins, headers.origin),
      ...OVERLOADED.headers,
      ...SECURITY_HEADERS,
      'X-Request-Id': requestId,
      'Content-Type': contentType,
      'Content-Length': Buffer.byteLength(body),
    });
    response.end(body);
    const durationMs = performance.now() - startedAtMs;
    const refusal = { knownKey: null, refusal: null, isOverloaded: true, limitedBy: null };
    meter?.ended({ method: METHOD, route: ROUTE, status, durationMs, ...refusal });
    count();
  };
}

/** Returns a function that counts refused requests, and writes their number to the log once in each interval. */
function countIntoLog(logger: Logger | undefined): () => void {
  let requests = 0;
  return () => {
    requests += 1;
    if (requests > 1 || logger === undefined) return;
    setTimeout(() => {
      logger.warn({ kind: 'overloaded', requests }, 'requests were refused: as many are under way as may be');
      requests = 0;
    }, LOG_INTERVAL_MS).unref();
  };
}

/** True for a request whose connection can carry others behind its answer: its body is known to be short. */
function isPlain({ headers }: IncomingMessage, bodyLimitBytes: number): boolean {
  const isShort = Number(headers['content-length'] ?? Number.NaN) <= bodyLimitBytes;
  return isShort && headers.host !== undefined && headers.expect === undefined;
}

function pathOf({ url = '' }: IncomingMessage): string {
  const query = url.indexOf('?');
  return query < 0 ? url : url.slice(0, query);
}
