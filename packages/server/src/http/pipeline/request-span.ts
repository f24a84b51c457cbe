import type { Tracer } from '@reservations/core';
import type { Next } from 'koa';
import type { AppContext } from '../app-state.ts';
import { routeOf } from './request-end.ts';

/** First status of a server's own errors. */
const SERVER_ERROR = 500;

/**
 * Handles each request in a span of its own, whose parent is that of the request's `traceparent`. Names and attributes are
 * those of the OpenTelemetry semantic conventions for HTTP servers.
 */
export function traceRequest(tracer: Tracer): (ctx: AppContext, next: Next) => Promise<void> {
  return (ctx, next) => {
    const { method } = ctx;
    const attributes = { 'http.request.method': method, 'url.path': ctx.path, 'url.scheme': ctx.protocol };
    return tracer.inSpan(method, { kind: 'server', attributes, parent: ctx.state.traceparent }, async (span) => {
      // That of the span, so that log lines and events name it; the client's without an SDK.
      ctx.state.traceparent = tracer.current() ?? ctx.state.traceparent;
      await next();
      const route = routeOf(ctx);
      if (route !== null) {
        span.rename(`${method} ${route}`);
        span.set({ 'http.route': route });
      }
      span.set({ 'http.response.status_code': ctx.status });
      if (ctx.status >= SERVER_ERROR) span.fail(String(ctx.status));
    });
  };
}
