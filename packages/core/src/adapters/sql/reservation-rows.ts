import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationPage } from '../../ports/reservation-view.ts';
import { ONLY_SHARD, type ReservationRow } from './columns.ts';

/** A reservation's row of the view. */
export function toReservationRow(summary: ReservationSummary): ReservationRow {
  return {
    shard: ONLY_SHARD,
    reservation_id: summary.reservationId,
    status: summary.status,
    stage: summary.stage,
    user_id: summary.userId,
    amount_minor: summary.amountMinor,
    currency: summary.currency,
    decimals: summary.decimals,
    transaction_id: summary.transactionId,
    failure_reason: summary.failureReason,
    answered_as: summary.answeredAs,
    message: summary.message,
    created_at: summary.createdAt,
    updated_at: summary.updatedAt,
    version: summary.version,
  };
}

/** Reads a row of the view. Its texts were written from the same unions; the log, not the view, is what is proved. */
export function fromReservationRow(row: ReservationRow): ReservationSummary {
  return {
    reservationId: row.reservation_id as ReservationId,
    status: row.status as ReservationSummary['status'],
    stage: row.stage as ReservationSummary['stage'],
    userId: row.user_id,
    amountMinor: row.amount_minor,
    currency: row.currency,
    decimals: row.decimals,
    transactionId: row.transaction_id,
    failureReason: row.failure_reason as ReservationSummary['failureReason'],
    answeredAs: row.answered_as as ReservationSummary['answeredAs'],
    message: row.message,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    version: row.version,
  };
}

/** True when the row that was found is not this one, in any column. */
export function differs(found: ReservationRow | undefined, row: ReservationRow): boolean {
  const columns = Object.keys(row) as (keyof ReservationRow)[];
  return found === undefined || columns.some((column) => found[column] !== row[column]);
}

/** The page of a listing, out of rows of which one more than `limit` was asked for. */
export function toReservationPage(rows: readonly ReservationRow[], limit: number): ReservationPage {
  const reservations = rows.slice(0, limit).map(fromReservationRow);
  return { reservations, next: rows.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
}
