import assert from 'node:assert/strict';
import type { AppendRequest, RecordedEvent } from '../../ports/event-store.ts';
import { TAKE_LIMIT_MAX } from '../../ports/due-work.ts';
import { API_KEYS_LIMIT_MAX } from '../../ports/api-keys.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { SUBSCRIPTIONS_LIMIT_MAX } from '../../ports/subscriptions.ts';

/** How the contract gets at stores of one adapter. */
export interface StoreHarness {
  /** A new, empty store. The contract closes it. */
  open(): Promise<ReservationStore>;
  /** Closes the store and opens what it kept; null for an adapter that keeps nothing. */
  readonly reopen: ((store: ReservationStore) => Promise<ReservationStore>) | null;
  /** A second store over the data of an open one, as another server has it; null when there can be none. */
  readonly openBeside: ((store: ReservationStore) => Promise<ReservationStore>) | null;
}

/** What a case needs of its harness beside `open`. */
export type StoreContractNeed = 'nothing' | 'reopen' | 'openBeside';

/** One thing that every adapter must do. */
export interface StoreContractCase {
  /** A fact; unique in the contract. */
  readonly title: string;
  /** A case whose need is null in the harness does not apply to the adapter. */
  readonly needs: StoreContractNeed;
  /** Rejects with an AssertionError when the adapter does something else. */
  run(harness: StoreHarness): Promise<void>;
}

/** A case about one new store. */
export function onStore(title: string, body: (store: ReservationStore) => Promise<void>): StoreContractCase {
  return {
    title,
    needs: 'nothing',
    async run(harness) {
      const store = await harness.open();
      try {
        await body(store);
      } finally {
        await store.close();
      }
    },
  };
}

/** A case about a store that is closed and opened again between `before` and `after`. */
export function onReopenedStore(
  title: string,
  before: (store: ReservationStore) => Promise<void>,
  after: (store: ReservationStore) => Promise<void>,
): StoreContractCase {
  return {
    title,
    needs: 'reopen',
    async run({ open, reopen }) {
      assert(reopen !== null, 'this case needs a harness that can reopen a store');
      let store = await open();
      try {
        await before(store);
        store = await reopen(store);
        await after(store);
      } finally {
        await store.close();
      }
    },
  };
}

/** A case about two stores over the same data. */
export function onTwoStores(
  title: string,
  body: (one: ReservationStore, other: ReservationStore) => Promise<void>,
): StoreContractCase {
  return {
    title,
    needs: 'openBeside',
    async run({ open, openBeside }) {
      assert(openBeside !== null, 'this case needs a harness that can open a second store');
      const one = await open();
      const other = await openBeside(one);
      try {
        await body(one, other);
      } finally {
        await other.close();
        await one.close();
      }
    },
  };
}

/** Appends what must be accepted; returns the position of its last event. */
export async function appended(store: ReservationStore, request: AppendRequest): Promise<number> {
  const result = await store.events.append(request);
  assert.equal(result.kind, 'appended');
  assert(result.kind === 'appended');
  return result.position;
}

/** The whole log. */
export async function wholeLog(store: ReservationStore): Promise<readonly RecordedEvent[]> {
  const log: RecordedEvent[] = [];
  for (;;) {
    const page = await store.events.readAll({ after: log.length, limit: 1_000 });
    log.push(...page);
    if (page.length < 1_000) return log;
  }
}

/** All that can be seen of a store, to show that something left no trace. */
export async function snapshot(store: ReservationStore): Promise<unknown> {
  return {
    log: await wholeLog(store),
    reservations: await store.view.list({ by: null, order: 'asc', after: null, limit: 200 }),
    work: await store.work.list({ kind: 'charge', limit: TAKE_LIMIT_MAX }),
    gauge: await store.work.gauge({ kind: 'charge' }),
    subscriptions: await store.subscriptions.list({ limit: SUBSCRIPTIONS_LIMIT_MAX }),
    apiKeys: await store.apiKeys.list({ after: null, limit: API_KEYS_LIMIT_MAX }),
  };
}

/** The numbers 1 to `n`. */
export function oneTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}
