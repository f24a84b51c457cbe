import { TAKE_LIMIT_MAX, type WorkItem, type WorkKind } from '../../ports/due-work.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import {
  exampleAppend,
  exampleCharge,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../builders.ts';
import { appended } from './case.ts';

/** Opens the n-th reservation; its payment is leased by "request-n" until `leaseUntil`. */
export async function enqueue(
  store: ReservationStore,
  n: number,
  leaseUntil: number,
  openedAt: number = 0,
): Promise<void> {
  const work = { change: 'enqueue', ...exampleCharge(n), owner: `request-${n}`, openedAt, leaseUntil } as const;
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(exampleId(n)), work };
  await appended(store, exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
}

/** The item that `enqueue(store, 1, 1_000, 500)` adds. */
export const row: WorkItem = {
  ...exampleCharge(1),
  openedAt: 500,
  attempts: 0,
  dueAt: 1_000,
  owner: 'request-1',
  lastOutcome: null,
};

/** All items of a kind. */
export async function rows(store: ReservationStore, kind: WorkKind = 'charge'): Promise<readonly WorkItem[]> {
  return await store.work.list({ kind, limit: TAKE_LIMIT_MAX });
}

/** Takes what is due for a second. */
export function take(
  store: ReservationStore,
  owner: string,
  now: number,
  limit: number = 10,
  kind: WorkKind = 'charge',
): Promise<readonly WorkItem[]> {
  return store.work.take({ kind, owner, now, leaseUntil: now + 1_000, limit });
}
