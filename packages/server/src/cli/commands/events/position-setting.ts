import type { Setting } from '../../../config/settings.ts';

const POSITION = /^\d{1,15}$/;

/** A position of the log; none by default. */
export function positionSetting(
  naming: Pick<Setting<unknown>, 'flag' | 'env' | 'description'>,
): Setting<number | null> {
  return {
    ...naming,
    value: 'N',
    default: null,
    expected: 'the position of an event, or 0',
    parse: (text) => (POSITION.test(text) ? Number(text) : undefined),
  };
}
