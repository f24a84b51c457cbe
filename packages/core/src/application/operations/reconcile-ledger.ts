import { readAmountNumber } from '../../domain/amount-number.ts';
import { parseReservationId } from '../../domain/ids.ts';
import { formatMoney } from '../../domain/money.ts';
import type { ReservationSummary, SummaryStage } from '../../domain/reservation/summary.ts';
import { checkWholeNumber } from '../../options.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { allReservations } from './all-reservations.ts';

/** A successful charge as the payment service's ledger has it. */
export interface LedgerCharge {
  readonly reservationId: string;
  readonly userId: string;
  /** Major units, as the payment service took it. */
  readonly amount: number;
  readonly currency: string;
  readonly transactionId: string;
}

/** One thing that ledger and event store do not agree on. */
export interface LedgerDifference {
  readonly kind:
    | 'charge-without-reservation'
    | 'charged-twice'
    | 'charge-differs'
    | 'transaction-differs'
    | 'confirmed-without-charge'
    | 'failed-but-charged'
    /** Not settled yet; no fault while settlement or a person is at work. */
    | 'open-but-charged';
  readonly reservationId: string;
  readonly detail: string;
}

/** What was compared, and every difference. */
export interface Reconciliation {
  readonly charges: number;
  readonly reservations: number;
  readonly differences: readonly LedgerDifference[];
  /** Reservations confirmed too late to be in the ledger; see {@link ReconcileOptions}. They are no difference. */
  readonly confirmedLater: number;
}

/** Options of {@link reconcileLedger}. */
export interface ReconcileOptions extends CallerOptions {
  /**
   * When the export of the ledger was begun, in milliseconds since the epoch: the charge of a reservation that was
   * confirmed from then on need not be in it. Default: every confirmed reservation needs a charge.
   */
  readonly asOf?: number;
}

/**
 * Compares all reservations with an export of the payment service's ledger.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export async function reconcileLedger(
  store: ReservationStore,
  charges: Iterable<LedgerCharge>,
  options: ReconcileOptions = {},
): Promise<Reconciliation> {
  callerOf(options);
  const asOf = options.asOf === undefined ? Infinity : checkWholeNumber('asOf', options.asOf, 0);
  const differences: LedgerDifference[] = [];
  const byReservation = new Map<string, LedgerCharge[]>();
  let count = 0;
  for (const charge of charges) {
    count += 1;
    const known = byReservation.get(charge.reservationId);
    if (known === undefined) byReservation.set(charge.reservationId, [charge]);
    else known.push(charge);
  }
  let reservations = 0;
  let confirmedLater = 0;
  for await (const reservation of allReservations(store.view)) {
    reservations += 1;
    const mine = byReservation.get(reservation.reservationId) ?? [];
    byReservation.delete(reservation.reservationId);
    for (const difference of compare(reservation, mine)) {
      const isLater = difference.kind === 'confirmed-without-charge' && Date.parse(reservation.updatedAt) >= asOf;
      if (isLater) confirmedLater += 1;
      else differences.push(difference);
    }
  }
  for (const [reservationId, [charge]] of byReservation) {
    // Created after the listing went by, or not at all.
    const id = parseReservationId(reservationId);
    if (id !== null && (await store.view.find(id)) !== null) continue;
    const detail = `transaction ${charge?.transactionId} of user ${charge?.userId}`;
    differences.push({ kind: 'charge-without-reservation', reservationId, detail });
  }
  return { charges: count, reservations, differences, confirmedLater };
}

function compare(reservation: ReservationSummary, charges: readonly LedgerCharge[]): LedgerDifference[] {
  const { reservationId, stage } = reservation;
  const [charge] = charges;
  if (charge === undefined) {
    if (stage !== 'confirmed') return [];
    const detail = `confirmed with transaction ${reservation.transactionId}, which the ledger does not have`;
    return [{ kind: 'confirmed-without-charge', reservationId, detail }];
  }
  const transactions = charges.map(({ transactionId }) => transactionId).join(', ');
  const found: LedgerDifference[] = [];
  if (charges.length > 1) found.push({ kind: 'charged-twice', reservationId, detail: `transactions ${transactions}` });
  for (const each of charges) {
    const detail = chargeDifference(reservation, each);
    if (detail !== null) found.push({ kind: 'charge-differs', reservationId, detail });
  }
  const byStage = stageDifference(stage, reservation, charges);
  if (byStage !== null) found.push({ kind: byStage, reservationId, detail: `${stage}; ledger: ${transactions}` });
  return found;
}

function stageDifference(
  stage: SummaryStage,
  reservation: ReservationSummary,
  charges: readonly LedgerCharge[],
): LedgerDifference['kind'] | null {
  switch (stage) {
    case 'confirmed': {
      const known = charges.some(({ transactionId }) => transactionId === reservation.transactionId);
      return known ? null : 'transaction-differs';
    }
    case 'failed':
      return 'failed-but-charged';
    case 'processing':
    case 'unresolved':
    case 'escalated':
      return 'open-but-charged';
    // A stage of a later release, which wrote the row: this one cannot judge it.
    default:
      return null;
  }
}

/** How a charge differs from what was reserved, in words; null when it does not. */
export function chargeDifference(reservation: ReservationSummary, charge: LedgerCharge): string | null {
  const { amountMinor, currency, decimals, userId } = reservation;
  const sameAmount = readAmountNumber(charge.amount, decimals) === amountMinor && charge.currency === currency;
  if (sameAmount && charge.userId === userId) return null;
  const ours = `${formatMoney({ amountMinor, currency, decimals })} ${currency} of ${userId}`;
  return `reserved ${ours}, charged ${charge.amount} ${charge.currency} of ${charge.userId}`;
}
