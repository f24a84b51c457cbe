import { isTransactionId } from '../../domain/transaction-id.ts';

/** The longest message of the payment service that is kept, in UTF-16 code units. */
export const MESSAGE_LENGTH_MAX = 500;

/** The longest description of an error that is kept, in UTF-16 code units. */
export const DETAIL_LENGTH_MAX = 500;

/** The id, or null when it is none: empty, too long, or with characters that no identifier has. */
export function readTransactionId(text: string): string | null {
  return isTransactionId(text) ? text : null;
}

/** Foreign text, cut to a length and without control characters and half surrogate pairs: safe to store and to log. */
export function boundedText(text: string, lengthMax: number): string {
  return text
    .slice(0, lengthMax)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}
