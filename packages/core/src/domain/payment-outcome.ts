/**
 * Why it is certain that no payment service has a charge: it did not leave this process or, with 'stream-refused',
 * HTTP/2 states that it was not processed.
 */
export type NotSentCause = 'no-connection' | 'stream-refused' | 'breaker-open' | 'bulkhead-full' | 'stopped';

/** Why it is not known whether a charge was executed. */
export type UnknownCause =
  | 'deadline-exceeded'
  | 'connection-lost'
  | 'service-error'
  | 'already-exists'
  | 'malformed-reply'
  | 'misconfigured'
  | 'cancelled'
  | 'process-died';

/** What is known of a charge after one attempt, or after several. */
export type PaymentOutcome =
  | { readonly kind: 'approved'; readonly transactionId: string; readonly message: string }
  /** The payment service's own "no", which it gives again whenever it is asked again. */
  | { readonly kind: 'declined'; readonly message: string }
  /** The service would not take this request: nothing came of this attempt, and nothing is said about earlier ones. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'not-sent'; readonly cause: NotSentCause; readonly detail: string }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause; readonly detail: string };

/**
 * What two attempts in a row tell together: a verdict settles what was open before it; without one, an
 * attempt that may have been executed outweighs any number of attempts that certainly were not. A refusal is no
 * verdict on an earlier attempt: "already in progress" is one, too.
 */
export function combineOutcomes(earlier: PaymentOutcome, later: PaymentOutcome): PaymentOutcome {
  switch (later.kind) {
    case 'approved':
    case 'declined':
    case 'unknown':
      return later;
    case 'refused':
    case 'not-sent':
      return earlier.kind === 'not-sent' ? later : earlier;
  }
}
