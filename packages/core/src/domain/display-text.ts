import { firstCharacters } from './text-length.ts';

/** Stands for what a text cannot hold, as in Unicode's own conversions. */
const REPLACEMENT = '\uFFFD';

/** What is not seen: control and format characters, unassigned and private ones, separators of lines and paragraphs. */
const INVISIBLE = /[\p{C}\u2028\u2029]/gu;

/** What breaks a line or changes how the rest of it reads. */
const LINE_BREAKING = /[\p{Cc}\p{Cf}\u2028\u2029]+/gu;

/**
 * A text for people that every store holds and every encoder writes: U+0000 and each half of a surrogate pair become
 * U+FFFD. For messages and reasons only; ids, names and keys are never changed, they are refused.
 */
export function displayText(text: string): string {
  return text.replaceAll('\u0000', REPLACEMENT).toWellFormed();
}

/** The first `lengthMax` characters of a text for people. Each control character becomes a space. */
export function boundedDisplayText(text: string, lengthMax: number): string {
  return displayText(firstCharacters(text, lengthMax).replaceAll(/\p{Cc}/gu, ' '));
}

/**
 * One line of at most `unitsMax` UTF-16 code units: each run of control and format characters and of separators of
 * lines and paragraphs becomes one space.
 */
export function displayLine(text: string, unitsMax: number): string {
  return displayText(text.replaceAll(LINE_BREAKING, ' ').slice(0, unitsMax));
}

/** The first `unitsMax` UTF-16 code units of a longer text, followed by an ellipsis; a shorter text as it is. */
export function excerpt(text: string, unitsMax: number): string {
  return text.length <= unitsMax ? text : `${text.slice(0, unitsMax).toWellFormed()}…`;
}

/** The text with each invisible character written as `\u{…}`, so that it can neither break nor reorder a line. */
export function escapeInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
