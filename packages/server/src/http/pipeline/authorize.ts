import { type Authenticator, authenticate, type AuthenticationFailure } from '../../auth/authenticator.ts';
import { readBearer } from '../../auth/bearer.ts';
import { createFailureBrake } from '../../auth/failure-brake.ts';
import { permits, type Scope } from '../../auth/scopes.ts';
import { answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import type { Problem } from '../problems/problems.ts';
import type { Operation } from '../wire/operations.ts';
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
    const found = await authenticate(authenticator, { token: bearer.token, request: ctx.req });
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
        if (permits(found.principal.scopes, scope)) return true;
        ctx.state.refusal = 'insufficient_scope';
        answerProblem(ctx, insufficientScope(scope));
        return false;
    }
  };
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
