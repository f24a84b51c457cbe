import { createReservations, type PaymentGateway, type ReservationId, type ReservationStore } from '@reservations/core';
import { type Databases, openStore, type StoreName } from './databases.ts';
import { measure } from './measure.ts';
import type { Row } from './table.ts';

const RESERVATIONS = 20_000;
const CREATED_AT_A_TIME = 100;
const CONCURRENCY = 50;
const PAGE = 1_000;

/** Reads from a store of 20,000 settled reservations, of two events each. */
export async function measureReads(databases: Databases, name: StoreName, ms: number): Promise<readonly Row[]> {
  const db = await databases.create(name);
  const store = await openStore(db);
  try {
    const ids = await fill(store);
    await databases.analyze(db);
    const anyId = (): ReservationId => ids[Math.floor(Math.random() * ids.length)] as ReservationId;
    const view = await measure(CONCURRENCY, ms, () => store.view.find(anyId()));
    const load = await measure(CONCURRENCY, ms, () => store.events.readStream(anyId(), { after: 0, limit: 100 }));
    const pages = await measure(1, ms, pagesOf(store));
    return [
      { what: `${name}, a reservation of the view, ${CONCURRENCY} at a time`, ...view },
      { what: `${name}, a stream of two events, ${CONCURRENCY} at a time`, ...load },
      { what: `${name}, the whole log, events in pages of ${PAGE}`, ...pages, perSecond: pages.perSecond * PAGE },
    ];
  } finally {
    await store.close();
  }
}

/** Reads on from page to page, and begins anew at the end. */
function pagesOf({ events }: ReservationStore): () => Promise<unknown> {
  let after = 0;
  return async () => {
    const page = await events.readAll({ after, limit: PAGE });
    after = page.length < PAGE ? 0 : after + page.length;
  };
}

async function fill(store: ReservationStore): Promise<readonly ReservationId[]> {
  const reservations = createReservations({ store, gateway: approveAtOnce });
  const ids: ReservationId[] = [];
  async function create(): Promise<void> {
    while (ids.length < RESERVATIONS) {
      const result = await reservations.create({ userId: 'user_1', amount: '10.50' });
      if (result.kind !== 'reservation') throw new Error(`creating ended "${result.kind}"`);
      ids.push(result.reservation.reservationId);
    }
  }
  await Promise.all(Array.from({ length: CREATED_AT_A_TIME }, create));
  await reservations.stop();
  return ids;
}

const approveAtOnce: PaymentGateway = {
  idempotency: 'by-reservation-id',
  chargesMax: 512,
  charge: ({ reservationId }) =>
    Promise.resolve({ kind: 'approved', transactionId: `TXN-${reservationId}`, message: 'Payment approved' }),
  close: () => Promise.resolve(),
};
