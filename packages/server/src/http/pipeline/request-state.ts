import type { Next } from 'koa';
import { ANONYMOUS } from '../../auth/principal.ts';
import type { AppContext, AppState } from '../app-state.ts';
import { SECURITY_HEADERS } from '../wire/headers.ts';
import { mountPath, withoutBasePath } from './mount-path.ts';
import { requestIdFrom, traceparentFrom } from './request-id.ts';

/** Begins every request: fills {@link AppState} and sets the headers of every answer. */
export function beginRequest(basePath: string): (ctx: AppContext, next: Next) => Promise<void> {
  return (ctx, next) => {
    const requestId = requestIdFrom(ctx.get('X-Request-Id'));
    const mountedAt = basePath === '' ? mountPath(ctx.req) : basePath;
    if (basePath !== '') ctx.path = withoutBasePath(ctx.path, basePath);
    // Taken now: some frameworks put the whole path back while the request is handled.
    const instance = mountedAt + ctx.path;
    Object.assign(ctx.state, {
      requestId,
      traceparent: traceparentFrom(ctx.get('traceparent')),
      principal: ANONYMOUS,
      credential: null,
      mountPath: mountedAt,
      instance,
      reservationId: null,
      knownKey: null,
      refusal: null,
      isStream: false,
      isConnectionRefused: false,
      isOverloaded: false,
      limitedBy: null,
      fault: null,
    } satisfies AppState);
    ctx.set('X-Request-Id', requestId);
    ctx.set(SECURITY_HEADERS);
    return next();
  };
}
