import type { IncomingHttpHeaders } from 'node:http';
import type { Next } from 'koa';
import type { AppContext } from '../app-state.ts';
import type { CorsOrigins } from '../../config/cors-origins.ts';
import { EXPOSED_HEADERS, REQUEST_HEADERS } from '../wire/headers.ts';

/** Headers of answers that a page may read. */
const EXPOSED = EXPOSED_HEADERS.join(', ');

/** Every method that a page may try, so that it can read the 405 to one that does not belong. */
const METHODS = 'DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT';

/** Headers that requests of this API have, for a preflight that names none. */
const SENT = ['Accept', 'Authorization', 'Content-Type', ...Object.keys(REQUEST_HEADERS)].join(', ');

/** Time for which a browser may cache the answer to a preflight. */
const PREFLIGHT_AGE_SECONDS = 600;

/** Names of headers between commas. Others are not repeated in an answer. */
const HEADER_NAMES = /^[\w!#$%&'*+.^`|~-]+(?:\s*,\s*[\w!#$%&'*+.^`|~-]+)*$/;

/**
 * The headers by which a page of `origin` may read an answer; of another origin than those let in, none. Never with
 * credentials: nothing here depends on cookies.
 */
export function corsHeaders(origins: CorsOrigins, origin: string | undefined): Readonly<Record<string, string>> {
  if (origins === 'none') return {};
  const allowed = origins === '*' ? '*' : origins.find((each) => each === origin);
  return {
    ...(origins === '*' ? {} : { Vary: 'Origin' }),
    ...(allowed === undefined
      ? {}
      : { 'Access-Control-Allow-Origin': allowed, 'Access-Control-Expose-Headers': EXPOSED }),
  };
}

/** Puts {@link corsHeaders} on every answer. */
export function allowOrigins(origins: CorsOrigins): (ctx: AppContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    const { Vary: vary, ...headers } = corsHeaders(origins, ctx.req.headers.origin);
    ctx.set(headers);
    if (vary !== undefined) ctx.vary(vary);
    await next();
  };
}

/** Takes the headers of {@link allowOrigins} off an answer. */
export function hideFromPages(ctx: AppContext): void {
  ctx.remove('Access-Control-Allow-Origin');
  ctx.remove('Access-Control-Expose-Headers');
}

/**
 * Answers the preflights of origins that are let in, for every path: the answer to the request itself says whether
 * the path exists. Other `OPTIONS` go on.
 */
export function answerPreflights(origins: CorsOrigins): (ctx: AppContext, next: Next) => Promise<void> {
  return async (ctx, next) => {
    if (!isPreflight(ctx.method, ctx.req.headers) || !isAllowed(origins, ctx.req.headers.origin)) return await next();
    const requested = ctx.get('Access-Control-Request-Headers');
    // A "*" in the answer would not cover Authorization.
    const headers = HEADER_NAMES.test(requested) ? requested : SENT;
    ctx.set({
      'Access-Control-Allow-Methods': METHODS,
      'Access-Control-Allow-Headers': headers,
      'Access-Control-Max-Age': String(PREFLIGHT_AGE_SECONDS),
    });
    ctx.vary('Access-Control-Request-Headers');
    ctx.status = 200;
    ctx.type = 'text/plain';
    ctx.body = 'OK';
  };
}

function isPreflight(method: string, headers: IncomingHttpHeaders): boolean {
  return method === 'OPTIONS' && headers.origin !== undefined && headers['access-control-request-method'] !== undefined;
}

function isAllowed(origins: CorsOrigins, origin: string | undefined): boolean {
  return corsHeaders(origins, origin)['Access-Control-Allow-Origin'] !== undefined;
}
