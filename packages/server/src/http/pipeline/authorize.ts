import {
  type Authentication,
  type AuthenticationFailure,
  type AuthenticationRequest,
  type Authenticator,
  authenticate,
} from '../../auth/authenticator.ts';
import { readBearer } from '../../auth/bearer.ts';
import { createFailureBrake } from '../../auth/failure-brake.ts';
import { callerOf, visibilityOf } from '../../auth/principal.ts';
import { permits, type Scope } from '../../auth/scopes.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import type { Problem } from '../problems/problems.ts';
import type { CredentialCheck } from './credential-watch.ts';
import type { Operation } from '../wire/operation.ts';
import { isFromThisMachine } from './this-machine.ts';

/** Lets a request go on to its operation, or answers it. */
export type Authorize = (ctx: AppContext, operation: Operation, go: () => Promise<void>) => Promise<void>;

/** Lets a request go on, or answers that there were too many. */
export type Limit = (ctx: AppContext, go: () => Promise<void>) => Promise<void>;

/**
 * Returns the check of credentials and scopes; without an authenticator every request goes on. `limit` stands between them:
 * it counts by principal, and every operation that a principal asks for.
 */
export function createAuthorization(authenticator: Authenticator | undefined, limit: Limit | null): Authorize {
  const within: Limit = limit ?? ((_, go) => go());
  if (authenticator === undefined) return (ctx, _, go) => within(ctx, go);
  const brake = createFailureBrake();

  async function refuse(ctx: AppContext, reason: AuthenticationFailure): Promise<void> {
    ctx.state.refusal = reason;
    if (reason !== 'missing') await brake(ctx.req.socket.remoteAddress ?? '');
    answerProblem(ctx, unauthenticated(reason));
  }

  return async (ctx, { scope, isOpenToThisMachine = false }, go) => {
    if (scope === null || (isOpenToThisMachine && isFromThisMachine(ctx.req))) return await within(ctx, go);
    const bearer = readBearer(ctx.req);
    if (bearer.kind === 'malformed') return await refuse(ctx, 'malformed');
    const request = { token: bearer.token, request: ctx.req };
    const found = await authenticate(authenticator, request);
    switch (found.kind) {
      case 'refused':
        return await refuse(ctx, found.reason);
      case 'unavailable':
        ctx.state.refusal = 'unavailable';
        ctx.state.fault = found.cause;
        answerProblem(ctx, UNAVAILABLE);
        return;
      case 'authenticated':
        ctx.state.principal = found.principal;
        await within(ctx, async () => {
          if (!permits(found.principal.scopes, scope)) {
            ctx.state.refusal = 'insufficient_scope';
            answerProblem(ctx, insufficientScope(scope));
            return;
          }
          ctx.state.credential = {
            validForMs: found.validForMs ?? null,
            check: () => checkAgain(ctx, authenticator, request, scope),
          };
          await go();
        });
    }
  };
}

/** Checks the credential of a request again that was let in. */
async function checkAgain(
  { state }: AppContext,
  authenticator: Authenticator,
  request: AuthenticationRequest,
  scope: Scope,
): Promise<CredentialCheck | null> {
  let found: Authentication;
  try {
    found = await authenticate(authenticator, request);
  } catch (error) {
    // A fault of the authenticator lets nothing in, and keeps nothing in.
    state.fault = error;
    return { isValid: false, refusal: 'unavailable' };
  }
  if (found.kind === 'unavailable') return null;
  if (found.kind === 'refused') return { isValid: false, refusal: found.reason };
  const { principal, validForMs = null } = found;
  if (!permits(principal.scopes, scope)) return { isValid: false, refusal: 'insufficient_scope' };
  // What the answer shows was decided for the principal that the request had.
  const isSame = callerOf(principal) === callerOf(state.principal);
  if (!isSame || visibilityOf(principal) !== visibilityOf(state.principal))
    return { isValid: false, refusal: 'invalid' };
  return { isValid: true, validForMs };
}

/** The same text for every reason but a missing credential: it says nothing of keys. RFC 6750, 3. */
function unauthenticated(reason: AuthenticationFailure): Problem {
  return reason === 'missing'
    ? {
        code: 'unauthenticated',
        detail: 'The request has no credential: send Authorization: Bearer',
        headers: { 'WWW-Authenticate': 'Bearer' },
      }
    : {
        code: 'unauthenticated',
        detail: 'The credential is malformed, unknown, expired or revoked',
        headers: { 'WWW-Authenticate': 'Bearer error="invalid_token"' },
      };
}

function insufficientScope(scope: Scope): Problem {
  return {
    code: 'insufficient_scope',
    detail: `The credential lacks the scope ${scope}`,
    headers: { 'WWW-Authenticate': `Bearer error="insufficient_scope", scope="${scope}"` },
  };
}

const UNAVAILABLE: Problem = {
  code: 'authentication_unavailable',
  detail: 'The credential cannot be checked now. Nothing was done; please try again.',
  headers: { 'Retry-After': '1' },
};
