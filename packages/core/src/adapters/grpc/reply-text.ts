import { firstCharacters } from '../../domain/text-length.ts';

/** The longest message of the payment service that is kept, in characters. */
export const MESSAGE_LENGTH_MAX = 500;

/** The longest description of an error that is kept, in characters. */
export const DETAIL_LENGTH_MAX = 500;

/** The longest transaction id that is believed, in characters. */
export const TRANSACTION_ID_LENGTH_MAX = 255;

/** Printable ASCII without spaces: what every log line, trailer and ledger carries unchanged. */
const TRANSACTION_ID = /^[\x21-\x7e]+$/;

/** The id, or null when it is none: empty, too long, or with characters that no identifier has. */
export function readTransactionId(text: string): string | null {
  return text.length <= TRANSACTION_ID_LENGTH_MAX && TRANSACTION_ID.test(text) ? text : null;
}

/** Foreign text, cut to a length and without control characters and half surrogate pairs: safe to store and to log. */
export function boundedText(text: string, lengthMax: number): string {
  return firstCharacters(text, lengthMax)
    .replaceAll(/\p{Cc}/gu, ' ')
    .toWellFormed();
}
