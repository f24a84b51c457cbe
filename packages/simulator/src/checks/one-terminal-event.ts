import { eachReservation, type Check } from './check.ts';

const TERMINAL = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED']);

/** Checked on the raw log, without a fold. */
export const oneTerminalEvent: Check = eachReservation(
  '8',
  'one terminal event for each stream, and it is the last',
  ({ events }) => {
    const types = events.map((event) => event.type);
    const first = types.findIndex((type) => TERMINAL.has(type));
    return first === -1 || first === types.length - 1 ? null : `the stream reads ${types.join(', ')}`;
  },
);
