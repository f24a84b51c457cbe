import {
  assert,
  decodeEvent,
  PAGE_LIMIT_MAX,
  reservationOfCharge,
  type WorkItem,
  type ReservationId,
  type ReservationPage,
  type ReservationStore,
  type ReservationSummary,
} from '@reservations/core';

/** A payment without a verdict. Times are milliseconds since the epoch. */
export interface OpenPayment {
  readonly reservation: ReservationSummary;
  readonly openedAt: number;
  /** How often settlement took it; null for an escalated payment, which left the queue. */
  readonly attempts: number | null;
  /** What was last findings, for people. */
  readonly lastOutcome: string | null;
  readonly next:
    | { readonly kind: 'person' }
    /** Somebody works on it, and loses it at `at` at the latest. */
    | { readonly kind: 'lease'; readonly at: number }
    | { readonly kind: 'try'; readonly at: number };
}

/** The open payments, those that need a person first, and how many there are. */
export interface OpenPayments {
  readonly payments: readonly OpenPayment[];
  readonly needPerson: number;
  readonly withSettlement: number;
}

/** Reads the `limit` oldest payments that need a person and the `limit` oldest ones in the queue of settlement. */
export async function readOpenPayments(store: ReservationStore, limit: number): Promise<OpenPayments> {
  const escalated: OpenPayment[] = [];
  let needPerson = 0;
  for await (const reservation of escalatedReservations(store)) {
    needPerson += 1;
    if (escalated.length < limit) escalated.push(await escalatedPayment(store, reservation));
  }
  const queued: OpenPayment[] = [];
  for (const item of await store.work.list({ kind: 'charge', limit })) {
    const id = reservationOfCharge(item.id);
    const reservation = id === null ? null : await store.view.find(id);
    // Between two reads it may have got its verdict.
    if (reservation !== null && isSettling(reservation)) queued.push(queuedPayment(item, reservation));
  }
  const { open } = await store.work.gauge({ kind: 'charge' });
  return { payments: [...escalated, ...queued], needPerson, withSettlement: open };
}

async function* escalatedReservations(store: ReservationStore): AsyncGenerator<ReservationSummary> {
  let after: ReservationId | null = null;
  do {
    const page: ReservationPage = await store.view.list({
      userId: null,
      stage: 'escalated',
      after,
      limit: PAGE_LIMIT_MAX,
    });
    yield* page.reservations;
    after = page.next;
  } while (after !== null);
}

function isSettling({ stage }: ReservationSummary): boolean {
  return stage === 'processing' || stage === 'unresolved';
}

async function escalatedPayment(store: ReservationStore, reservation: ReservationSummary): Promise<OpenPayment> {
  const { reservationId, version, createdAt } = reservation;
  const [stored] = await store.events.readStream(reservationId, { after: version - 1, limit: 1 });
  assert(stored !== undefined, 'a reservation of the view has as many events as its version says');
  const event = decodeEvent(stored);
  const lastOutcome = event.type === 'PAYMENT_ESCALATED' ? `${event.data.reason}: ${event.data.detail}` : null;
  return { reservation, openedAt: Date.parse(createdAt), attempts: null, lastOutcome, next: { kind: 'person' } };
}

function queuedPayment(charge: WorkItem, reservation: ReservationSummary): OpenPayment {
  const { openedAt, attempts, lastOutcome, dueAt, owner } = charge;
  const next = { kind: owner === null ? ('try' as const) : ('lease' as const), at: dueAt };
  return { reservation, openedAt, attempts, lastOutcome, next };
}
