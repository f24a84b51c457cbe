import { setTimeout as pause } from 'node:timers/promises';
import { followEvents, type ReservationStore } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { type Databases, openStore, type StoreName } from './databases.ts';
import { type Recorder, recorder } from './measure.ts';
import { openingAppend } from './reservations.ts';
import type { Row } from './table.ts';

/** How much is appended while a reader listens. */
const APPENDS_PER_SECOND = 500;

/** Pause between lone appends, of which each finds a reader that waits. */
const LONE_MIN_MS = 200;
const LONE_MAX_MS = 1_200;

/** Time for a reader to catch up and to poll as rarely as it ever does. */
const SETTLE_MS = 2_000;

/** What is appended before it is measured: a reader that polls rarely begins to poll often. */
const WARM_UP_MS = 1_000;

const CATCH_UP_EVENTS = 100_000;
const PAGE = 500;
const APPENDED_AT_A_TIME = 200;

/** The writer's store and the reader's; they may be the same. */
interface Pair {
  readonly what: string;
  readonly open: (db: string) => Promise<readonly [ReservationStore, ReservationStore]>;
}

const PAIRS: Readonly<Record<StoreName, readonly Pair[]>> = {
  sqlite: [
    { what: 'sqlite, the same store', open: openOne },
    {
      what: 'sqlite, a second store',
      open: async (db) => [await openStore(db), await openSqliteStore({ path: db, exclusive: false })],
    },
  ],
  postgres: [
    { what: 'postgres, the same store', open: openOne },
    { what: 'postgres, a second store', open: (db) => openTwo(db, false) },
    { what: 'postgres, a second store, notify', open: (db) => openTwo(db, true) },
  ],
};

async function openOne(db: string): Promise<readonly [ReservationStore, ReservationStore]> {
  const store = await openStore(db);
  return [store, store];
}

async function openTwo(db: string, notify: boolean): Promise<readonly [ReservationStore, ReservationStore]> {
  const open = (): Promise<ReservationStore> => openPostgresStore({ connectionString: db, notify });
  return [await open(), await open()];
}

/** From the acknowledgement of an append to its event at the reader. */
export async function measureDelivery(databases: Databases, name: StoreName, ms: number): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const { what, open } of PAIRS[name]) {
    const [writer, reader] = await open(await databases.create(name));
    try {
      rows.push({ what: `${what}, ${APPENDS_PER_SECOND} appends/s`, ...(await deliver(writer, reader, ms, steadily)) });
      rows.push({ what: `${what}, lone appends`, ...(await deliver(writer, reader, ms, alone)) });
    } finally {
      for (const store of new Set([writer, reader])) await store.close();
    }
  }
  return rows;
}

/** Follows a log of {@link CATCH_UP_EVENTS} events from its start. */
export async function measureCatchUp(databases: Databases, name: StoreName): Promise<Row> {
  const db = await databases.create(name);
  const store = await openStore(db);
  try {
    await fill(store);
    await databases.analyze(db);
    const began = performance.now();
    const recorded = recorder();
    let last = began;
    for await (const { position } of followEvents(store, { pageSize: PAGE })) {
      if (position % PAGE !== 0) continue;
      const now = performance.now();
      recorded.add(now - last);
      last = now;
      if (position === CATCH_UP_EVENTS) break;
    }
    const pages = recorded.speed(last - began);
    const what = `${name}, ${CATCH_UP_EVENTS.toLocaleString('en')} events in pages of ${PAGE}`;
    return { what, ...pages, perSecond: pages.perSecond * PAGE };
  } finally {
    await store.close();
  }
}

/** Appends for so long, and some before that which do not count. */
type Appending = (ms: number, append: (isCounted: boolean) => Promise<void>) => Promise<void>;

async function deliver(
  writer: ReservationStore,
  reader: ReservationStore,
  ms: number,
  appending: Appending,
): Promise<ReturnType<Recorder['speed']>> {
  const end = new AbortController();
  const arrived = new Map<number, number>();
  const committed = new Map<number, number>();
  const after = await writer.events.lastPosition();
  const reading = read();
  await pause(SETTLE_MS);
  await appending(ms, async (isCounted) => {
    const result = await writer.events.append(openingAppend());
    if (result.kind !== 'appended') throw new Error(`an append ended "${result.kind}"`);
    if (isCounted) committed.set(result.position, performance.now());
  });
  await pause(SETTLE_MS);
  end.abort();
  await reading;
  const recorded = recorder();
  for (const [position, at] of committed) {
    const then = arrived.get(position);
    if (then === undefined) throw new Error(`the event at ${position} did not arrive`);
    recorded.add(Math.max(0, then - at));
  }
  return recorded.speed(ms);

  async function read(): Promise<void> {
    const events = followEvents(reader, { after, signal: end.signal });
    for await (const { position } of events) arrived.set(position, performance.now());
  }
}

async function steadily(ms: number, append: (isCounted: boolean) => Promise<void>): Promise<void> {
  const began = performance.now();
  const appends: Promise<void>[] = [];
  for (let n = 0; n < ((WARM_UP_MS + ms) / 1_000) * APPENDS_PER_SECOND; n += 1) {
    const dueMs = (n * 1_000) / APPENDS_PER_SECOND;
    const waitMs = began + dueMs - performance.now();
    if (waitMs > 0) await pause(waitMs);
    appends.push(append(dueMs >= WARM_UP_MS));
  }
  await Promise.all(appends);
}

async function alone(ms: number, append: (isCounted: boolean) => Promise<void>): Promise<void> {
  const until = performance.now() + ms;
  while (performance.now() < until) {
    await append(true);
    await pause(LONE_MIN_MS + Math.random() * (LONE_MAX_MS - LONE_MIN_MS));
  }
}

async function fill(store: ReservationStore): Promise<void> {
  let left = CATCH_UP_EVENTS;
  async function append(): Promise<void> {
    while (left > 0) {
      left -= 1;
      await store.events.append(openingAppend());
    }
  }
  await Promise.all(Array.from({ length: APPENDED_AT_A_TIME }, append));
}
