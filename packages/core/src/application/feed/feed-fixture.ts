import { createMemoryStore } from '../../adapters/memory/index.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { Observation } from '../../ports/observer.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';

type Mutable<Port> = { -readonly [Name in keyof Port]: Port[Name] };

/** A memory store that counts, and fails when it is told to. */
export interface CountingStore extends ReservationStore {
  readonly events: Mutable<EventStore>;
  readonly calls: { readAll: number; acquire: number; advance: number; release: number };
  /** How many listen for commits now. */
  listeners(): number;
  /** What the next calls of these do before they reach the store; null lets them through. */
  readonly before: { readAll: (() => void) | null; acquire: (() => void) | null; advance: (() => void) | null };
}

/** Builds it. */
export function createCountingStore(inner: ReservationStore = createMemoryStore()): CountingStore {
  const calls = { readAll: 0, acquire: 0, advance: 0, release: 0 };
  const before: CountingStore['before'] = { readAll: null, acquire: null, advance: null };
  let listeners = 0;
  return {
    ...inner,
    calls,
    before,
    listeners: () => listeners,
    events: {
      ...inner.events,
      async readAll(range) {
        calls.readAll += 1;
        before.readAll?.();
        return await inner.events.readAll(range);
      },
      onCommit(listener) {
        const remove = inner.events.onCommit(listener);
        listeners += 1;
        return () => {
          listeners -= 1;
          remove();
        };
      },
    },
    subscriptions: {
      ...inner.subscriptions,
      async acquire(request) {
        calls.acquire += 1;
        before.acquire?.();
        return await inner.subscriptions.acquire(request);
      },
      async advance(request) {
        calls.advance += 1;
        before.advance?.();
        return await inner.subscriptions.advance(request);
      },
      async release(request) {
        calls.release += 1;
        return await inner.subscriptions.release(request);
      },
    },
  };
}

/** Appends events until the store has `count`, which is the position of the last. */
export async function fill(store: ReservationStore, count: number): Promise<void> {
  for (let n = (await lastPosition(store)) + 1; n <= count; n += 1) {
    await store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)] }));
  }
}

/** A store that has the first `kept` events of {@link fill} and, up to `end`, others than those. */
export async function restoredTo(kept: number, end: number): Promise<ReservationStore> {
  const store = createMemoryStore();
  await fill(store, Math.min(kept, end));
  for (let n = kept + 1; n <= end; n += 1) {
    await store.events.append(exampleAppend(exampleId(100 + n), { events: [exampleEvent(100 + n)] }));
  }
  return store;
}

async function lastPosition(store: ReservationStore): Promise<number> {
  return (await store.events.readAll({ after: 0, limit: 1_000 })).length;
}

/** Consumes a feed in the background. */
export interface Collected {
  readonly positions: number[];
  /** What it ended with: null for a good end. */
  readonly ended: Promise<unknown>;
}

/** Collects the positions of all that comes. */
export function collect(feed: AsyncIterable<RecordedEvent>): Collected {
  const positions: number[] = [];
  async function consume(): Promise<unknown> {
    try {
      for await (const event of feed) positions.push(event.position);
      return null;
    } catch (error) {
      return error;
    }
  }
  return { positions, ended: consume() };
}

/** The kinds of what was observed, with what tells them apart. */
export function told(observations: readonly Observation[]): readonly string[] {
  return observations.map((seen) => ('position' in seen ? `${seen.kind} ${seen.position}` : seen.kind));
}

/** The numbers 1 to `n`. */
export function oneTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}
