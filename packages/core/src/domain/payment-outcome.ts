/**
 * Why it is certain that no payment service has a charge: it did not leave this process or, for 'stream-refused', HTTP/2
 * states that it was not processed. 'certificate': there was no connection because a certificate was not accepted.
 */
export type NotSentCause =
  | 'no-connection'
  | 'certificate'
  | 'stream-refused'
  | 'breaker-open'
  | 'bulkhead-full'
  | 'stopped';

/** Why it is unknown whether a charge was executed. */
export type UnknownCause =
  | 'deadline-exceeded'
  | 'connection-lost'
  | 'service-error'
  | 'already-exists'
  | 'malformed-reply'
  | 'misconfigured'
  | 'cancelled'
  | 'process-died';

/** What is known of a charge after one attempt or several. */
export type PaymentOutcome =
  | { readonly kind: 'approved'; readonly transactionId: string; readonly message: string }
  /** The payment service's own decline, which it repeats whenever it is asked again. */
  | { readonly kind: 'declined'; readonly message: string }
  /** The service did not accept this request: this attempt had no effect, which proves nothing about earlier ones. */
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'not-sent'; readonly cause: NotSentCause; readonly detail: string }
  | { readonly kind: 'unknown'; readonly cause: UnknownCause; readonly detail: string };

/**
 * Combines the outcomes of two consecutive attempts. A verdict settles what was open before it; without one, an attempt
 * that may have been executed outweighs any number of attempts that certainly were not. A refusal is no verdict on an
 * earlier attempt: "already in progress" is a refusal, too.
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
