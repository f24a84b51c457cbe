import { isLongerThan } from './text-length.ts';

/** The longest text that an operator adds to a decision, in characters: it becomes part of a stream. */
export const OPERATOR_NOTE_LENGTH_MAX = 500;

/** What such a text should be, in words. */
export const OPERATOR_NOTE_EXPECTED: string = `a text of 1 to ${OPERATOR_NOTE_LENGTH_MAX} characters`;

/** The text without white space at its ends, or null unless it is {@link OPERATOR_NOTE_EXPECTED} then. */
export function parseOperatorNote(text: string): string | null {
  const note = text.trim();
  return note !== '' && !isLongerThan(note, OPERATOR_NOTE_LENGTH_MAX) && note.isWellFormed() ? note : null;
}
