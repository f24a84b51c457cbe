import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { isTransactionId } from '../../domain/transaction-id.ts';
import { checkText } from '../../options.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { allReservations } from './all-reservations.ts';
import { chargeDifference, type LedgerCharge } from './reconcile-ledger.ts';
import { isReservationError } from '../../errors.ts';
import { checkNote, resolvePayment, type ResolveResult } from './resolve-payment.ts';

/** The longest {@link LedgerEvidence.source}, in UTF-16 code units: it becomes part of a stream. */
export const LEDGER_SOURCE_LENGTH_MAX = 400;

/** A charge, and where the ledger has it. */
export interface LedgerEvidence extends LedgerCharge {
  /** For people: file and line, for example. Becomes part of the reason that is written. */
  readonly source: string;
}

/** An escalated payment that the ledger proved to be charged: its reservation is confirmed now. */
export interface ResolvedByLedger {
  readonly reservation: ReservationSummary;
  readonly source: string;
}

/** Why the ledger decides nothing about an escalated payment. */
export type LedgerSilence =
  /** Proves nothing: the charge may be executed later, or stand in another export. */
  | 'not-in-ledger'
  | 'charged-more-than-once'
  /** Another user, amount or currency than was reserved. */
  | 'charge-differs'
  /** Another transaction than the one that was found before. */
  | 'transaction-differs'
  /** The ledger has this transaction for other reservations too. */
  | 'transaction-shared'
  /** Not 1 to 255 visible ASCII characters. */
  | 'transaction-id-unusable'
  /** It has events of a later release: only that release can decide it. */
  | 'of-a-later-release'
  /** Another command was faster; the reservation says which. */
  | 'decided-meanwhile';

/** An escalated payment that is left to an operator. */
export interface LeftToOperator {
  readonly reservation: ReservationSummary;
  readonly why: LedgerSilence;
}

/** What became of each escalated payment, in the order of creation. */
export interface LedgerResolution {
  readonly resolved: readonly ResolvedByLedger[];
  readonly left: readonly LeftToOperator[];
}

/** Options of {@link resolveByLedger}. */
export interface ResolveByLedgerOptions extends CallerOptions {
  /** Name of the operator: 1 to 500 characters. */
  readonly actor: string;
  readonly runtime: Runtime;
}

/**
 * Confirms every escalated payment that the ledger proves: exactly one charge of the same user, amount and currency. `actor`
 * and the place in the ledger become the reason. All others stay as they are; nothing is sent to the payment service.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNAVAILABLE: what was resolved stays resolved, and the call may be repeated.
 */
export async function resolveByLedger(
  store: ReservationStore,
  charges: Iterable<LedgerEvidence>,
  options: ResolveByLedgerOptions,
): Promise<LedgerResolution> {
  callerOf(options);
  const actor = checkNote('actor', options.actor);
  const ledger = indexLedger(charges);
  const resolved: ResolvedByLedger[] = [];
  const left: LeftToOperator[] = [];
  for await (const reservation of allReservations(store.view, 'escalated')) {
    const found = judge(ledger, reservation);
    if (typeof found === 'string') {
      left.push({ reservation, why: found });
      continue;
    }
    const result = await resolveIfKnown(store, reservation.reservationId, {
      ...options,
      finding: { kind: 'charged', transactionId: found.transactionId },
      actor,
      reason: `the ledger has the charge: ${found.source}`,
    });
    if (result?.kind === 'resolved') resolved.push({ reservation: result.reservation, source: found.source });
    else if (result === null) left.push({ reservation, why: 'of-a-later-release' });
    else left.push({ reservation: await readAgain(store, reservation), why: 'decided-meanwhile' });
  }
  return { resolved, left };
}

/** Resolves; null when the stream has events of a later release. */
async function resolveIfKnown(
  ...[store, id, resolution]: Parameters<typeof resolvePayment>
): Promise<ResolveResult | null> {
  try {
    return await resolvePayment(store, id, resolution);
  } catch (error) {
    if (isReservationError(error, 'STORE_NEWER')) return null;
    throw error;
  }
}

interface Ledger {
  readonly byReservation: ReadonlyMap<string, readonly LedgerEvidence[]>;
  /** The transactions that stand with more than one reservation. */
  readonly shared: ReadonlySet<string>;
}

function indexLedger(charges: Iterable<LedgerEvidence>): Ledger {
  const byReservation = new Map<string, LedgerEvidence[]>();
  const reservationOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const charge of charges) {
    checkSource(charge.source);
    const { reservationId, transactionId } = charge;
    const known = byReservation.get(reservationId);
    if (known === undefined) byReservation.set(reservationId, [charge]);
    else known.push(charge);
    if ((reservationOf.get(transactionId) ?? reservationId) !== reservationId) shared.add(transactionId);
    reservationOf.set(transactionId, reservationId);
  }
  return { byReservation, shared };
}

/** The charge that proves what became of the payment, or why none does. */
function judge({ byReservation, shared }: Ledger, reservation: ReservationSummary): LedgerEvidence | LedgerSilence {
  const [charge, ...more] = byReservation.get(reservation.reservationId) ?? [];
  if (charge === undefined) return 'not-in-ledger';
  if (more.length > 0) return 'charged-more-than-once';
  if (chargeDifference(reservation, charge) !== null) return 'charge-differs';
  if (!isTransactionId(charge.transactionId)) return 'transaction-id-unusable';
  if (shared.has(charge.transactionId)) return 'transaction-shared';
  if (reservation.transactionId !== null && reservation.transactionId !== charge.transactionId) {
    return 'transaction-differs';
  }
  return charge;
}

async function readAgain(store: ReservationStore, before: ReservationSummary): Promise<ReservationSummary> {
  return (await store.view.find(before.reservationId)) ?? before;
}

function checkSource(source: string): void {
  const expected = `well-formed text of 1 to ${LEDGER_SOURCE_LENGTH_MAX} characters`;
  checkText('source', source, isSource, expected);
}

function isSource(text: string): boolean {
  return text !== '' && text.length <= LEDGER_SOURCE_LENGTH_MAX && text.isWellFormed();
}
