/** Meaning of the end of a charge, as docs/payment-service.md states it. */
export type ChargeAnswer =
  | { readonly kind: 'charged'; readonly transactionId: string }
  | { readonly kind: 'declined'; readonly message: string }
  /** A status that states that nothing was charged and nothing will be. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** Everything else: it may have been charged. */
  | { readonly kind: 'unknown'; readonly detail: string };

/** Describes an answer in a few words. */
export function describeAnswer(answer: ChargeAnswer): string {
  switch (answer.kind) {
    case 'charged':
      return `charged as ${answer.transactionId}`;
    case 'declined':
      return `declined (${answer.message})`;
    case 'refused':
      return `refused (${answer.detail})`;
    case 'unknown':
      return `unknown (${answer.detail})`;
  }
}
