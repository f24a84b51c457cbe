import type { RecordedEvent, ReservationSummary } from '@reservations/core';
import { isSame, rowOf } from './fold.ts';
import { type CheckFailure, eachReservation, type Check } from './check.ts';

/** Checked after every append, on the row that was written with it. */
export const viewIsTheFold: Check = eachReservation(
  '11',
  "the view's row is the fold of the stream",
  ({ id, events, row }) => {
    if (events.length === 0) return null;
    const folded = rowOf(id, events);
    return isSame(folded, row) ? null : `folded ${JSON.stringify(folded)}, the view has ${JSON.stringify(row)}`;
  },
);

/** Holds at the end: a view rebuilt from the log equals the one written inline. */
export function findStaleRow(log: readonly RecordedEvent[], rows: readonly ReservationSummary[]): CheckFailure | null {
  const streams = Map.groupBy(log, (event) => event.stream);
  if (streams.size !== rows.length) return { about: null, detail: `${streams.size} streams, ${rows.length} rows` };
  for (const row of rows) {
    const rebuilt = rowOf(row.reservationId, streams.get(row.reservationId) ?? []);
    if (!isSame(rebuilt, row)) return { about: row.reservationId, detail: 'the rebuilt view differs' };
  }
  return null;
}
