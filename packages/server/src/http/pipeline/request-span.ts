import type { Tracer } from '@reservations/core';
import type { Next } from 'koa';
import type { AppContext } from '../app-state.ts';
import { routeOf } from './request-end.ts';

/** First status of a server's own errors. */
const SERVER_ERROR = 500;

/** Requests for these come every few seconds and concern no reservation: they have no span. */
const PROBES = '/health/';

/** Stands for what is left out, as the conventions suggest. */
const REDACTED = 'REDACTED';

/**
 * Handles each request but probes in a span of its own. Its parent is the active span, of an application that embeds the service, else
 * that of the request's `traceparent`. Names and attributes are those of the OpenTelemetry semantic conventions for HTTP
 * servers; of the path, which is the client's to choose, only the route and the id of a known reservation are recorded.
 */
export function traceRequest(tracer: Tracer): (ctx: AppContext, next: Next) => Promise<void> {
  return (ctx, next) => {
    const { method } = ctx;
    if (ctx.path.startsWith(PROBES)) return next();
    const attributes = { 'http.request.method': method, 'url.scheme': ctx.protocol };
    const parent = tracer.current() === null ? { parent: ctx.state.traceparent } : {};
    return tracer.inSpan(method, { kind: 'server', attributes, ...parent }, async (span) => {
      // That of the span, so that log lines and events name it; the client's without an SDK.
      ctx.state.traceparent = tracer.current() ?? ctx.state.traceparent;
      await next();
      const route = routeOf(ctx);
      if (route !== null) {
        span.rename(`${method} ${route}`);
        span.set({ 'http.route': route });
      }
      span.set({ 'url.path': pathOf(route, ctx.state.reservationId) });
      span.set({ 'http.response.status_code': ctx.status });
      if (ctx.status >= SERVER_ERROR) span.fail(String(ctx.status));
    });
  };
}

/** The path without what a client may have put into it. */
function pathOf(route: string | null, reservationId: string | null): string {
  return route === null ? REDACTED : route.replace(':reservation_id', reservationId ?? REDACTED);
}
