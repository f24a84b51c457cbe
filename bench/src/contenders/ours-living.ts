import type { ReservationStore } from '@reservations/core';
import type { AppendRequest } from '@reservations/core/ports';
import type { Living } from './contender.ts';
import { closingAppend, openingAppend } from './opening-append.ts';

const OPENED_AT_A_TIME = 500;
const TAKEN_AT_A_TIME = 10;
const LEASE_MS = 20_000;

/** Whole lives of reservations in a store. */
export function living(store: ReservationStore): Omit<Living, 'analyze'> {
  let takes = 0;
  async function append(request: AppendRequest): Promise<void> {
    const { kind } = await store.events.append(request);
    if (kind !== 'appended') throw new Error(`an append ended "${kind}"`);
  }
  return {
    async live() {
      const opening = openingAppend('all');
      await append(opening);
      await append(closingAppend(opening));
    },
    async leaveOpen(count) {
      for (let made = 0; made < count; made += OPENED_AT_A_TIME) {
        await Promise.all(Array.from({ length: OPENED_AT_A_TIME }, () => append(openingAppend('all'))));
      }
    },
    async take() {
      takes += 1;
      // All leases of the queue have ended by then.
      const now = Date.now() + takes * 2 * LEASE_MS;
      const lease = { owner: `worker ${takes}`, now, leaseUntil: now + LEASE_MS };
      const taken = await store.work.take({ kind: 'charge', ...lease, limit: TAKEN_AT_A_TIME });
      if (taken.length !== TAKEN_AT_A_TIME) throw new Error(`${taken.length} payments were taken`);
    },
    close: () => store.close(),
  };
}
