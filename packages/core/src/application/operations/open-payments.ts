import { reservationOfCharge } from '../../domain/charge-id.ts';
import { decodeEvent } from '../../domain/reservation/stored-event.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { assert } from '../../errors.ts';
import { checkWholeNumber } from '../../options.ts';
import { TAKE_LIMIT_MAX, type WorkItem } from '../../ports/due-work.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import { allReservations } from './all-reservations.ts';

/** Number of payments of each kind that {@link openPayments} returns by default. */
export const OPEN_PAYMENTS_LIMIT_DEFAULT = 100;

/** Options of {@link openPayments}. */
export interface OpenPaymentsOptions extends CallerOptions {
  /** Payments of each kind, the oldest first; 1 to 1,000. Default {@link OPEN_PAYMENTS_LIMIT_DEFAULT}. */
  readonly limit?: number;
}

/** A payment without a verdict. Times are milliseconds since the epoch. */
export interface OpenPayment {
  readonly reservation: ReservationSummary;
  /** When the reservation was created. */
  readonly openedAt: number;
  /** How often settlement took it; null for an escalated payment, which left the queue. */
  readonly attempts: number | null;
  /** The result of the last attempt or the reason of the escalation, for operators; null before the first attempt ended. */
  readonly lastOutcome: string | null;
  readonly next:
    /** An operator has to decide it. */
    | { readonly kind: 'operator' }
    /** A worker holds its lease, which ends at `at`. */
    | { readonly kind: 'lease'; readonly at: number }
    /** Settlement tries it again at `at`. */
    | { readonly kind: 'try'; readonly at: number };
}

/** The open payments, those that need an operator first, and how many there are in all. */
export interface OpenPayments {
  readonly payments: readonly OpenPayment[];
  readonly needOperator: number;
  readonly withSettlement: number;
}

/**
 * Reads the oldest payments that need an operator and the oldest ones in the queue of settlement. Escalated payments are
 * all counted, which reads each of them.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export async function openPayments(store: ReservationStore, options: OpenPaymentsOptions = {}): Promise<OpenPayments> {
  callerOf(options);
  const limit = checkWholeNumber('limit', options.limit ?? OPEN_PAYMENTS_LIMIT_DEFAULT, 1, TAKE_LIMIT_MAX);
  const escalated: OpenPayment[] = [];
  let needOperator = 0;
  for await (const reservation of allReservations(store.view, 'escalated')) {
    needOperator += 1;
    if (escalated.length < limit) escalated.push(await escalatedPayment(store, reservation));
  }
  const queued: OpenPayment[] = [];
  for (const charge of await store.work.list({ kind: 'charge', limit })) {
    const id = reservationOfCharge(charge.id);
    const reservation = id === null ? null : await store.view.find(id);
    // It may have got its verdict between the two reads.
    if (reservation !== null && isWithSettlement(reservation)) queued.push(queuedPayment(charge, reservation));
  }
  const { open } = await store.work.gauge({ kind: 'charge' });
  return { payments: [...escalated, ...queued], needOperator, withSettlement: open };
}

function isWithSettlement({ stage }: ReservationSummary): boolean {
  return stage === 'processing' || stage === 'unresolved';
}

async function escalatedPayment(store: ReservationStore, reservation: ReservationSummary): Promise<OpenPayment> {
  const { reservationId, version, createdAt } = reservation;
  const [stored] = await store.events.readStream(reservationId, { after: version - 1, limit: 1 });
  assert(stored !== undefined, 'a reservation of the view has as many events as its version says');
  const decoded = decodeEvent(stored);
  const event = decoded.kind === 'known' ? decoded.event : null;
  const lastOutcome = event?.type === 'PAYMENT_ESCALATED' ? `${event.data.reason}: ${event.data.detail}` : null;
  return { reservation, openedAt: Date.parse(createdAt), attempts: null, lastOutcome, next: { kind: 'operator' } };
}

function queuedPayment(charge: WorkItem, reservation: ReservationSummary): OpenPayment {
  const { openedAt, attempts, lastOutcome, dueAt, owner } = charge;
  const next = { kind: owner === null ? ('try' as const) : ('lease' as const), at: dueAt };
  return { reservation, openedAt, attempts, lastOutcome, next };
}
