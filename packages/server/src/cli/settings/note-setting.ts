import { OPERATOR_NOTE_EXPECTED, parseOperatorNote } from '@reservations/core/operations';
import type { Setting } from '../../config/settings.ts';

/** A text that an operator adds to a decision; null when it is not given. */
export function noteSetting(flag: string, value: string, description: string): Setting<string | null> {
  return {
    flag,
    env: null,
    value,
    default: null,
    description,
    expected: OPERATOR_NOTE_EXPECTED,
    parse: (text) => parseOperatorNote(text) ?? undefined,
  };
}
