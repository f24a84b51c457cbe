import { isTransactionId } from '../../domain/transaction-id.ts';

/** The longest message of the payment service that is kept, in characters. */
export const MESSAGE_LENGTH_MAX = 500;

/** The longest description of an error that is kept, in characters. */
export const DETAIL_LENGTH_MAX = 500;

/** The id, or null when it is none: empty, too long, or with characters that no identifier has. */
export function readTransactionId(text: string): string | null {
  return isTransactionId(text) ? text : null;
}
