/** Longest transaction id, in characters. */
const TRANSACTION_ID_LENGTH_MAX = 255;

/** Expected form of a transaction id, as text for messages. */
export const TRANSACTION_ID_EXPECTED: string = `1 to ${TRANSACTION_ID_LENGTH_MAX} visible ASCII characters`;

/** True for the form of {@link TRANSACTION_ID_EXPECTED}, which every log line, trailer and ledger carries unchanged. */
export function isTransactionId(text: string): boolean {
  return text.length <= TRANSACTION_ID_LENGTH_MAX && /^[\x21-\x7e]+$/.test(text);
}
