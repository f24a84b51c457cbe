import { isReservationError } from '@reservations/core';
import { TAKE_LIMIT_MAX, type WorkItem } from '@reservations/core/ports';
import { pause } from '../support/pause.ts';
import type { Database } from '../databases/database.ts';
import type { Counters } from '../evidence/counters.ts';

/** Longest pause before the next attempt of a payment: a minute, and a fifth of it. */
const PAUSE_MAX_MS = 72_000;

/** Time that settlement gets before waiting payments are made due. */
const UNTOUCHED_MS = 3_000;

/** Bound of the time until everything is settled. What is open then is stuck. */
const TIMEOUT_MS = 90_000;

const EVERY_MS = 250;
const MAKE_DUE_EVERY_MS = 2_000;

/**
 * Waits until no payment is open. Settlement doubles its pauses up to minutes: waiting payments are made due, after a
 * check that their pauses are within bounds.
 */
export async function heal(database: Database, counters: Counters): Promise<void> {
  const began = performance.now();
  let makeDueAt = began + UNTOUCHED_MS;
  while (performance.now() < began + TIMEOUT_MS) {
    const open = await openPayments(database);
    if (open !== null && open.length === 0) return;
    if (open !== null && performance.now() >= makeDueAt && open.every(({ owner }) => owner === null)) {
      makeDueAt = performance.now() + MAKE_DUE_EVERY_MS;
      await makeDue(database, open, counters);
    }
    await pause(EVERY_MS);
  }
}

/** Null when a server holds the lock at this moment. */
async function openPayments(database: Database): Promise<readonly WorkItem[] | null> {
  return await unlessBusy(() =>
    database.inspect((store) => store.work.list({ kind: 'charge', limit: TAKE_LIMIT_MAX })),
  );
}

/** Takes waiting payments with a clock in the future, and releases them due now. */
async function makeDue(database: Database, waiting: readonly WorkItem[], counters: Counters): Promise<void> {
  const now = Date.now();
  for (const { id, dueAt } of waiting) {
    if (dueAt > now + PAUSE_MAX_MS) counters.incidents.push(`${id} would wait ${dueAt - now} ms to be settled`);
  }
  const future = now + PAUSE_MAX_MS;
  const owner = `harness ${now}`;
  await unlessBusy(() =>
    database.inspect(async (store) => {
      const lease = { kind: 'charge', owner, now: future, leaseUntil: future + 1, limit: TAKE_LIMIT_MAX } as const;
      for (const { kind, id, lastOutcome } of await store.work.take(lease)) {
        await store.work.release({ kind, id, owner, dueAt: now, lastOutcome: lastOutcome ?? 'made due' });
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
