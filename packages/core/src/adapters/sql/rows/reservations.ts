import type { ReservationSummary } from '../../../domain/reservation/summary.ts';
import { ReservationError } from '../../../errors.ts';
import type { ReservationPage } from '../../../ports/reservation-view.ts';
import { fromReservationRow, type ReservationRow } from '../columns.ts';

/** Reads a row of the view. @throws {ReservationError} STORE_CORRUPT when its text is no JSON. */
export function toSummary(row: ReservationRow): ReservationSummary {
  try {
    return fromReservationRow(row);
  } catch (cause) {
    throw new ReservationError(
      'STORE_CORRUPT',
      `the view's row of ${row.reservation_id} is damaged: repair the view ("reservations-server view repair")`,
      { cause },
    );
  }
}

/** True when a column of the found row differs, or there is no row. */
export function differs(found: ReservationRow | undefined, row: ReservationRow): boolean {
  const columns = Object.keys(row) as (keyof ReservationRow)[];
  return found === undefined || columns.some((column) => found[column] !== row[column]);
}

/** Builds the page of a listing from rows, one more than `limit`. */
export function toReservationPage(rows: readonly ReservationRow[], limit: number): ReservationPage {
  const reservations = rows.slice(0, limit).map(toSummary);
  return { reservations, next: rows.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
}
