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

/** Resolves with whether a request may go on to its operation; false when it is answered. */
export type Authorize = (ctx: AppContext, operation: Operation) => Promise<boolean>;

/** Returns the check of a server without authentication: every request may go on. */
export function createAuthorization(authenticator: Authenticator | undefined): Authorize {
  if (authenticator === undefined) return () => Promise.resolve(true);
  const brake = createFailureBrake();

  async function refuse(ctx: AppContext, reason: AuthenticationFailure): Promise<false> {
    ctx.state.refusal = reason;
    if (reason !== 'missing') await brake(ctx.req.socket.remoteAddress ?? '');
    answerProblem(ctx, unauthenticated(reason));
    return false;
  }

  return async (ctx, { scope, isOpenToThisMachine = false }) => {
    if (scope === null || (isOpenToThisMachine && isFromThisMachine(ctx.req))) return true;
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
        return false;
      case 'authenticated':
        ctx.state.principal = found.principal;
        if (permits(found.principal.scopes, scope)) {
          ctx.state.credential = {
            validForMs: found.validForMs ?? null,
            check: () => checkAgain(ctx, authenticator, request, scope),
          };
          return true;
        }
        ctx.state.refusal = 'insufficient_scope';
        answerProblem(ctx, insufficientScope(scope));
        return false;
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
