import type { Next } from 'koa';
import { callerOf } from '../../auth/principal.ts';
import type { Quota } from '../../config/rate-limit.ts';
import type { LimitedBy } from '../../observe/requests.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { EXPOSED_WHEN_LIMITED } from '../wire/headers.ts';
import { OPERATION_NAMES, OPERATIONS } from '../wire/operations.ts';
import { clientAddress } from './client-address.ts';
import { createLimiter, type Verdict } from './limiter.ts';

/** Paths of the operations that the limit does not count, whatever the method. */
const UNLIMITED: readonly RegExp[] = OPERATION_NAMES.flatMap((name) => {
  const { isLimited = true, path } = OPERATIONS[name];
  return isLimited ? [] : new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.')}/?$`);
});

/** Options of {@link limitRequests}. */
export interface RateLimitOptions {
  readonly quota: Quota;
  /** Proxies in front of the service. */
  readonly trustedProxies: number;
}

/**
 * Answers 429 to requests beyond the quota of their principal, or of their address when they are anonymous, before anything
 * of their body is read. Belongs behind authentication. Every answer to a counted request tells the quota and what is
 * left of it, in the fields of draft-ietf-httpapi-ratelimit-headers-11.
 */
export function limitRequests(options: RateLimitOptions): (ctx: AppContext, next: Next) => Promise<void> {
  const { quota, trustedProxies } = options;
  const { requests, windowSeconds } = quota;
  // Apart, so that a flood of addresses takes no place from a principal.
  const [principals, addresses] = [createLimiter(quota), createLimiter(quota)];

  function judge({ state, req }: AppContext): Verdict & { readonly by: LimitedBy } {
    const { principal } = state;
    const isAnonymous = principal.kind === 'anonymous';
    const verdict = isAnonymous
      ? addresses(clientAddress(req, trustedProxies), performance.now())
      : principals(callerOf(principal), performance.now());
    return { ...verdict, by: verdict.isShared ? 'shared' : isAnonymous ? 'address' : 'principal' };
  }

  return async (ctx, next) => {
    if (UNLIMITED.some((path) => path.test(ctx.path))) return await next();
    const { isAdmitted, remaining, nextSeconds, by } = judge(ctx);
    ctx.set({
      'RateLimit-Policy': `"default";q=${requests};w=${windowSeconds}`,
      RateLimit: `"default";r=${remaining};t=${nextSeconds}`,
    });
    expose(ctx);
    if (isAdmitted) return await next();
    ctx.state.limitedBy = by;
    const detail = `Too many requests: at most ${requests} in ${windowSeconds} s. Please try again in ${nextSeconds} s.`;
    answerProblem(ctx, { code: 'rate_limited', detail, headers: { 'Retry-After': String(nextSeconds) } });
  };
}

/** Lets pages that may read the answer read these headers, too. */
function expose(ctx: AppContext): void {
  const name = 'Access-Control-Expose-Headers';
  const exposed = ctx.response.get(name);
  if (exposed !== '') ctx.set(name, [exposed, ...EXPOSED_WHEN_LIMITED].join(', '));
}
