/** Longest name of an API key, in characters. */
export const API_KEY_NAME_LENGTH_MAX = 100;

/** Expected form of a name, as text for messages. */
export const API_KEY_NAME_EXPECTED: string = `1 to ${API_KEY_NAME_LENGTH_MAX} characters from a-z A-Z 0-9 . _ - that begin with a letter or digit`;

/** True for a name that can be typed in a shell, shown in a terminal and used in a caller unchanged. */
export function isApiKeyName(text: string): boolean {
  return text.length <= API_KEY_NAME_LENGTH_MAX && /^[a-z0-9][a-z0-9._-]*$/i.test(text);
}

/** Expected form of the prefix of a key, as text for messages. */
export const API_KEY_PREFIX_EXPECTED = 'rsv_ and 8 lower-case letters or digits';

/** True for the part of a key that is shown and looked up: the key up to its second underscore. */
export function isApiKeyPrefix(text: string): boolean {
  return /^rsv_[0-9a-z]{8}$/.test(text);
}

/** A whole key: its prefix, and 32 random bytes in base64url. */
const API_KEY = /^(rsv_[0-9a-z]{8})_[A-Za-z0-9_-]{43}$/;

/** Returns the prefix of a text that has the form of a key; null for every other text. */
export function prefixOfApiKey(text: string): string | null {
  return API_KEY.exec(text)?.[1] ?? null;
}

/** Largest number of scopes of a key. */
export const API_KEY_SCOPES_MAX = 32;

/** Expected form of the scopes of a key, as text for messages. */
export const API_KEY_SCOPES_EXPECTED: string = `1 to ${API_KEY_SCOPES_MAX} different scopes of 1 to 100 characters from a-z 0-9 : . _ -`;

/** True for scopes that can be stored. What they permit is the server's to say. */
export function areApiKeyScopes(scopes: readonly string[]): boolean {
  const isCountRight = scopes.length >= 1 && scopes.length <= API_KEY_SCOPES_MAX;
  return isCountRight && new Set(scopes).size === scopes.length && scopes.every(isScopeText);
}

function isScopeText(scope: string): boolean {
  return /^[a-z0-9:._-]{1,100}$/.test(scope);
}

/** True for a SHA-256 in lower-case hexadecimal digits. */
export function isApiKeyHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/** A key that was just made: the only value that holds its secret. */
export interface NewApiKey {
  readonly prefix: string;
  /** The whole key. */
  readonly key: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
}
