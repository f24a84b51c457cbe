/** What the payment service executes, independent of what the caller sees. */
export type SandboxVerdict =
  | { readonly kind: 'approve' }
  | { readonly kind: 'decline'; readonly message: string }
  /** Nothing is executed and nothing is remembered. */
  | { readonly kind: 'nothing' };

/** What the caller sees. */
export type SandboxReply =
  | { readonly kind: 'result' }
  | { readonly kind: 'status'; readonly code: SandboxStatus; readonly message: string; readonly trailer?: boolean }
  | { readonly kind: 'empty' }
  | { readonly kind: 'success-without-transaction' }
  /** The connection is destroyed. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'never' };

/** gRPC status codes by name. */
export type SandboxStatus =
  | 'INVALID_ARGUMENT'
  | 'NOT_FOUND'
  | 'ALREADY_EXISTS'
  | 'PERMISSION_DENIED'
  | 'RESOURCE_EXHAUSTED'
  | 'INTERNAL'
  | 'UNAVAILABLE'
  | 'UNAUTHENTICATED';

/** Script of one call. */
export interface SandboxBehaviour {
  readonly verdict: SandboxVerdict;
  readonly reply: SandboxReply;
  /** Executed only when the caller's deadline has passed. */
  readonly late?: boolean;
}

/** A user id for which the sandbox deviates from approving. */
export interface MagicUser {
  /** Matches every user id that begins with it; the longest match wins, so that a suffix makes more users of a kind. */
  readonly prefix: string;
  readonly description: string;
  /** Script of the n-th call of one reservation, from 1. */
  behave(call: number): SandboxBehaviour;
}

const approve: SandboxVerdict = { kind: 'approve' };
const nothing: SandboxVerdict = { kind: 'nothing' };
const result: SandboxReply = { kind: 'result' };

/** Script for every other user. */
export const APPROVED: SandboxBehaviour = { verdict: approve, reply: result };

/** The magic users with their purpose. */
export const MAGIC_USERS: readonly MagicUser[] = [
  declined('user_decline_insufficient_funds', 'Insufficient funds'),
  declined('user_decline_card_expired', 'Card expired'),
  {
    prefix: 'user_timeout',
    description: 'Never answered, never charged.',
    behave: () => ({ verdict: nothing, reply: { kind: 'never' } }),
  },
  {
    prefix: 'user_charged_then_lost',
    description: 'Charged; the first three replies are lost (UNAVAILABLE), then the first result is answered.',
    behave: (call) => ({ verdict: approve, reply: call <= 3 ? failing('UNAVAILABLE', 'the reply was lost') : result }),
  },
  {
    prefix: 'user_charged_then_cut',
    description: 'Charged, and the connection is destroyed before the first reply; then the first result is answered.',
    behave: (call) => ({ verdict: approve, reply: call === 1 ? { kind: 'cut' } : result }),
  },
  {
    prefix: 'user_charged_late',
    description: 'Charged after the deadline of the first call; then the first result is answered.',
    behave: (call) => ({ verdict: approve, reply: call === 1 ? { kind: 'never' } : result, late: call === 1 }),
  },
  {
    prefix: 'user_unavailable_twice',
    description: 'UNAVAILABLE twice without a charge, then approved.',
    behave: (call) => (call <= 2 ? refusing('UNAVAILABLE', 'payment service is starting') : APPROVED),
  },
  failed('user_unavailable', 'UNAVAILABLE', 'payment service is down for maintenance'),
  {
    prefix: 'user_empty_reply',
    description: 'Answered with an empty reply, never charged.',
    behave: () => ({ verdict: nothing, reply: { kind: 'empty' } }),
  },
  {
    prefix: 'user_success_without_transaction',
    description: 'Charged, and answered with success but without a transaction id.',
    behave: () => ({ verdict: approve, reply: { kind: 'success-without-transaction' } }),
  },
  {
    prefix: 'user_already_exists',
    description: 'Charged, and answered ALREADY_EXISTS.',
    behave: () => ({ verdict: approve, reply: failing('ALREADY_EXISTS', 'charged earlier') }),
  },
  {
    prefix: 'user_already_exists_with_transaction',
    description: 'Charged, and answered ALREADY_EXISTS with the transaction id in the trailers.',
    behave: () => ({ verdict: approve, reply: { ...failing('ALREADY_EXISTS', 'charged earlier'), trailer: true } }),
  },
  failed('user_invalid_argument', 'INVALID_ARGUMENT', 'the request is not valid'),
  failed('user_not_found', 'NOT_FOUND', 'the customer has no account'),
  failed('user_permission_denied', 'PERMISSION_DENIED', 'this client may not charge'),
  failed('user_unauthenticated', 'UNAUTHENTICATED', 'this client is not known'),
  failed('user_resource_exhausted', 'RESOURCE_EXHAUSTED', 'too many requests'),
  failed('user_internal_error', 'INTERNAL', 'internal error'),
];

/** Returns the script of the longest matching prefix. */
export function behaviourOf(userId: string, call: number): SandboxBehaviour {
  let best: MagicUser | null = null;
  for (const user of MAGIC_USERS) {
    if (userId.startsWith(user.prefix) && user.prefix.length > (best?.prefix.length ?? 0)) best = user;
  }
  return best === null ? APPROVED : best.behave(call);
}

function failing(
  code: SandboxStatus,
  message: string,
): { readonly kind: 'status'; readonly code: SandboxStatus; readonly message: string } {
  return { kind: 'status', code, message };
}

function refusing(code: SandboxStatus, message: string): SandboxBehaviour {
  return { verdict: nothing, reply: failing(code, message) };
}

function failed(prefix: string, code: SandboxStatus, message: string): MagicUser {
  return { prefix, description: `Always ${code}, never charged.`, behave: () => refusing(code, message) };
}

function declined(prefix: string, message: string): MagicUser {
  return {
    prefix,
    description: `Declined: "${message}".`,
    behave: () => ({ verdict: { kind: 'decline', message }, reply: result }),
  };
}
