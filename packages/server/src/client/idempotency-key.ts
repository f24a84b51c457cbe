/** Random bytes of a key. */
const BYTES = 16;

/** Returns a random key. `crypto.randomUUID` is missing on pages without TLS. */
export function randomKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(BYTES)), (byte) => byte.toString(16).padStart(2, '0')).join(
    '',
  );
}

/** Returns a key that can be sent as a header; its length is checked by the service. @throws {TypeError} for any other. */
export function readKey(key: string): string {
  if (/^[\x21-\x7e]+$/.test(key)) return key;
  throw new TypeError(`idempotencyKey: expected visible ASCII characters, found ${JSON.stringify(key)}`);
}
