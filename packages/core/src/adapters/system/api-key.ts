import { createHash, randomBytes } from 'node:crypto';
import type { NewApiKey } from '../../domain/api-key.ts';

/** Random bytes of a key's secret part. */
const SECRET_BYTES = 32;

/** Characters of a key's prefix: digits and lower-case letters without i, l, o and u, 32 in all. */
const PREFIX_CHARACTERS = '0123456789abcdefghjkmnpqrstvwxyz';
const PREFIX_LENGTH = 8;

/** Makes a key from the operating system's cryptographic randomness. */
export function newApiKey(): NewApiKey {
  const characters = [...randomBytes(PREFIX_LENGTH)].map((byte) => PREFIX_CHARACTERS[byte % PREFIX_CHARACTERS.length]);
  const prefix = `rsv_${characters.join('')}`;
  const key = `${prefix}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
  return { prefix, key, hash: hashOfApiKey(key) };
}

/** SHA-256 of a whole key, in lower-case hexadecimal digits, as stores hold it. */
export function hashOfApiKey(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
