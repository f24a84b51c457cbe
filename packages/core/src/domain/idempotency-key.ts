/** Longest idempotency key, in characters. */
export const IDEMPOTENCY_KEY_LENGTH_MAX = 255;

/** Expected form of a key, as text for messages. */
export const IDEMPOTENCY_KEY_EXPECTED: string = `1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters`;

/** True for 1 to {@link IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters. */
export function isIdempotencyKey(text: string): boolean {
  return text.length <= IDEMPOTENCY_KEY_LENGTH_MAX && /^[\x21-\x7e]+$/.test(text);
}
