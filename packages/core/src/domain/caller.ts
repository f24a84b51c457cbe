/** The longest name of a caller, in characters. */
export const CALLER_LENGTH_MAX = 255;

/** What a caller should be, in words. */
export const CALLER_EXPECTED: string = `1 to ${CALLER_LENGTH_MAX} visible ASCII characters`;

/** The caller of a use case that names none. */
export const ANONYMOUS_CALLER = 'anonymous';

/** The text as the name of a caller, or null unless it is {@link CALLER_EXPECTED}. */
export function parseCaller(text: string): string | null {
  return text.length <= CALLER_LENGTH_MAX && /^[\x21-\x7e]+$/.test(text) ? text : null;
}
