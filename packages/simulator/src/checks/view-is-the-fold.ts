import type { RecordedEvent, ReservationSummary } from '@reservations/core';
import { isSame, rowOf } from './fold.ts';
import { type CheckFailure, eachReservation, type Check } from './check.ts';

/** After every append: the row that was written with the events is the one that they make. */
export const viewIsTheFold: Check = eachReservation(
  '11',
  "the view's row is the fold of the stream",
  ({ id, events, row }) => {
    if (events.length === 0) return null;
    const folded = rowOf(id, events);
    return isSame(folded, row) ? null : `folded ${JSON.stringify(folded)}, the view has ${JSON.stringify(row)}`;
  },
);

/** In the end: a view rebuilt from the log is the one that was written on the way. */
export function findStaleRow(log: readonly RecordedEvent[], rows: readonly ReservationSummary[]): CheckFailure | null {
  const streams = Map.groupBy(log, (event) => event.stream);
  if (streams.size !== rows.length) return { about: null, seen: `${streams.size} streams, ${rows.length} rows` };
  for (const row of rows) {
    const rebuilt = rowOf(row.reservationId, streams.get(row.reservationId) ?? []);
    if (!isSame(rebuilt, row)) return { about: row.reservationId, seen: 'the rebuilt view differs' };
  }
  return null;
}
