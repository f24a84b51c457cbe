import { createReservations, type PaymentGateway, type ReservationId, type ReservationStore } from '@reservations/core';
import { verifyStore } from '@reservations/core/operations';
import type { Growing } from './contender.ts';
import { openingAppend } from './opening-append.ts';

/** A valid request. */
export const REQUEST = { userId: 'user_1', amount: '10.50', currency: 'EUR' };

const EVENTS_EACH = 2;
const CREATED_AT_A_TIME = 100;
const TAKEN_AT_A_TIME = 10;
const LISTED = 50;
const FEED_PAGE = 100;
const LOADED_MAX = 10_000;
const LEASE_MS = 20_000;

/** Makes reservations of two events each until the time is up; returns ids of at most about {@link LOADED_MAX} of them. */
export async function makeReservations(
  store: ReservationStore,
  count: number,
  until: number,
): Promise<readonly ReservationId[]> {
  const reservations = createReservations({ store, gateway: approveAtOnce });
  const ids: ReservationId[] = [];
  let begun = 0;
  async function create(): Promise<void> {
    while (begun < count && performance.now() < until) {
      begun += 1;
      const result = await reservations.create(REQUEST);
      if (result.kind !== 'reservation') throw new Error(`creating ended "${result.kind}"`);
      if (Math.random() < LOADED_MAX / count) ids.push(result.reservation.reservationId);
    }
  }
  await Promise.all(Array.from({ length: CREATED_AT_A_TIME }, create));
  await reservations.stop();
  return ids;
}

/** A store that grows. */
export function grow(store: ReservationStore, bytes: () => Promise<number>): Growing {
  const { events, view, work } = store;
  let ids: readonly ReservationId[] = [];
  let end = 0;
  let takes = 0;
  return {
    async fill(wanted, until) {
      const has = await events.lastPosition();
      const made = await makeReservations(store, Math.ceil(Math.max(0, wanted - has) / EVENTS_EACH), until);
      ids = [...ids, ...made];
      end = await events.lastPosition();
      return end;
    },
    append: () => events.append(openingAppend('all')),
    looks: {
      load() {
        const id = ids[Math.floor(Math.random() * ids.length)];
        return events.readStream(id ?? '', { after: 0, limit: 100 });
      },
      list: () =>
        view.list({ by: { field: 'userId', value: REQUEST.userId }, order: 'desc', after: null, limit: LISTED }),
      feed: () => events.readAll({ after: end - FEED_PAGE, limit: FEED_PAGE }),
      take() {
        takes += 1;
        // All leases have ended by then.
        const now = Date.now() + takes * 2 * LEASE_MS;
        const lease = { owner: `worker ${takes}`, now, leaseUntil: now + LEASE_MS };
        return work.take({ kind: 'charge', ...lease, limit: TAKEN_AT_A_TIME });
      },
    },
    async verify() {
      const { events: checked, faults } = await verifyStore(store);
      if (faults.length > 0) throw new Error(`the store is damaged: ${faults.join(', ')}`);
      return checked;
    },
    bytes,
    close: () => store.close(),
  };
}

const approveAtOnce: PaymentGateway = {
  idempotency: 'by-reservation-id',
  chargesMax: 2 * CREATED_AT_A_TIME,
  charge: ({ reservationId }) =>
    Promise.resolve({ kind: 'approved', transactionId: `TXN-${reservationId}`, message: 'Payment approved' }),
  close: () => Promise.resolve(),
};
