import { lengthInCharacters } from '@reservations/core';
import type { Setting } from '../settings.ts';

/** The longest text that an operator may add to a decision, in characters: it becomes part of the stream. */
const NOTE_LENGTH_MAX = 500;

/** A text that an operator adds to a decision; null when it is not given. */
export function noteSetting(flag: string, value: string, description: string): Setting<string | null> {
  return {
    flag,
    env: null,
    value,
    default: null,
    description,
    expected: `a text of 1 to ${NOTE_LENGTH_MAX} characters`,
    parse(text) {
      const note = text.trim();
      return note !== '' && lengthInCharacters(note) <= NOTE_LENGTH_MAX && note.isWellFormed() ? note : undefined;
    },
  };
}
