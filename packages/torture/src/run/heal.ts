import { isReservationError, TAKE_LIMIT_MAX, type WorkItem } from '@reservations/core';
import { pause } from '../support/pause.ts';
import type { Database } from '../databases/database.ts';
import type { Counters } from '../evidence/counters.ts';

/** What a payment may have to wait for its next attempt: a minute, and a fifth of it. */
const PAUSE_MAX_MS = 72_000;

/** How long settlement gets at its own pace, before what waits for its next attempt is made due. */
const OWN_PACE_MS = 3_000;

/** By then everything is settled; what is open after that is stuck. */
const TIMEOUT_MS = 90_000;

const EVERY_MS = 250;
const HASTEN_EVERY_MS = 2_000;

/**
 * Waits until no payment is open. Settlement doubles its pauses up to minutes; for those the harness has no patience
 * and makes due what waits, once it has seen that it would have been due in time.
 */
export async function heal(database: Database, counters: Counters): Promise<void> {
  const began = performance.now();
  let hastenAt = began + OWN_PACE_MS;
  while (performance.now() < began + TIMEOUT_MS) {
    const open = await openPayments(database);
    if (open !== null && open.length === 0) return;
    if (open !== null && performance.now() >= hastenAt && open.every(({ owner }) => owner === null)) {
      hastenAt = performance.now() + HASTEN_EVERY_MS;
      await hasten(database, open, counters);
    }
    await pause(EVERY_MS);
  }
}

/** Null when a server holds the lock at just this moment. */
async function openPayments(database: Database): Promise<readonly WorkItem[] | null> {
  return await unlessBusy(() => database.look((store) => store.work.list({ kind: 'charge', limit: TAKE_LIMIT_MAX })));
}

/** Takes what waits as a worker from the future would, and gives it back, due now. */
async function hasten(database: Database, waiting: readonly WorkItem[], counters: Counters): Promise<void> {
  const now = Date.now();
  for (const { id, dueAt } of waiting) {
    if (dueAt > now + PAUSE_MAX_MS)
      counters.incidents.push(`${id} would wait ${dueAt - now} ms to be settled`);
  }
  const future = now + PAUSE_MAX_MS;
  const owner = `harness ${now}`;
  await unlessBusy(() =>
    database.look(async (store) => {
      const lease = { kind: 'charge', owner, now: future, leaseUntil: future + 1, limit: TAKE_LIMIT_MAX } as const;
      for (const { kind, id, lastOutcome } of await store.work.take(lease)) {
        await store.work.release({ kind, id, owner, dueAt: now, lastOutcome: lastOutcome ?? 'hastened' });
      }
    }),
  );
}

async function unlessBusy<Result>(work: () => Promise<Result>): Promise<Result | null> {
  try {
    return await work();
  } catch (error) {
    if (isReservationError(error, 'STORE_UNAVAILABLE')) return null;
    throw error;
  }
}
