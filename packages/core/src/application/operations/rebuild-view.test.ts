import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { Command } from '../../domain/reservation/commands.ts';
import { type ReservationId, reservationIdFrom } from '../../domain/ids.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { REBUILD_ROWS_MAX, type SwitchRequest, type ViewRebuild } from '../../ports/view-rebuild.ts';
import { exampleAppend } from '../../testing/builders.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { allReservations } from './all-reservations.ts';
import { handleCommand, keepKey } from '../commands/handle-command.ts';
import {
  REBUILD_EVENTS_FACTOR,
  REBUILD_EVENTS_MIN,
  REBUILD_LOADS_MAX,
  SWITCH_ATTEMPTS_MAX,
  SWITCH_PATIENCE_MAX_MS,
  SWITCH_PATIENCE_MS,
} from '../payments/limits.ts';
import { loadReservation } from '../commands/load-reservation.ts';
import { rebuildView } from './rebuild-view.ts';
import { verifyStore } from './verify-store.ts';

const AT = '2026-01-02T03:04:05.678Z';
const manual = createManualRuntime();

/** A runtime whose time moves by itself: every look at the clock is a millisecond later, and a pause is over at once. */
function createRuntime(): Runtime & { readonly slept: number[] } {
  let now = 0;
  const slept: number[] = [];
  const clock = {
    now: () => (now += 1),
    async sleep(ms: number) {
      slept.push(ms);
      now += ms;
    },
  };
  return { ...manual, clock, slept };
}

const create: Command = {
  type: 'create',
  userId: 'u1',
  money: { amountMinor: 1_050, currency: 'EUR', decimals: 2 },
  at: AT,
};
const approved: Command = {
  type: 'record-outcome',
  outcome: { kind: 'approved', transactionId: 'TXN-1', message: 'Approved' },
  answerUnknownAs: 'pending',
  at: AT,
};
const declined: Command = { ...approved, outcome: { kind: 'declined', message: 'Insufficient funds' } };
const unknown: Command = { ...approved, outcome: { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' } };
const unknownAnsweredFailed: Command = { ...unknown, answerUnknownAs: 'failed' };
const escalate: Command = { type: 'escalate', reason: 'settlement-gave-up', detail: 'an hour', at: AT };
const person = { type: 'resolve', actor: 'Ada', reason: 'the ledger', at: AT } as const;
const charged: Command = { ...person, finding: { kind: 'charged', transactionId: 'TXN-2' } };
const notCharged: Command = { ...person, finding: { kind: 'not-charged' } };

/** Everything that a reservation can have come to. */
const LIVES: readonly (readonly Command[])[] = [
  [create],
  [create, approved],
  [create, declined],
  [create, unknown],
  [create, unknownAnsweredFailed],
  [create, unknown, approved],
  [create, unknownAnsweredFailed, declined],
  [create, escalate],
  [create, unknown, escalate],
  [create, unknownAnsweredFailed, notCharged],
  [create, unknownAnsweredFailed, approved],
  [create, unknown, escalate, charged],
  [create, unknown, escalate, notCharged],
];

function newId(): ReservationId {
  return reservationIdFrom(manual.newUuid());
}

/** Lets a reservation live, as the engine does it: events and row in one append. */
async function live(store: ReservationStore, id: ReservationId, commands: readonly Command[]): Promise<void> {
  for (const command of commands) {
    const loaded = await loadReservation(store.events, id);
    const result = await handleCommand(
      { events: store.events, runtime: manual },
      {
        id,
        command,
        loaded: { ...loaded, origin: loaded.origin ?? { correlationId: 'request', traceparent: null } },
        payment: ({ stage }) =>
          stage === 'processing'
            ? { kind: 'enqueue', owner: id, openedAt: 0, leaseUntil: 1 }
            : stage === 'unresolved'
              ? { kind: 'keep' }
              : { kind: 'remove', onlyIfLeasedBy: null },
        key: keepKey,
      },
    );
    if (result.kind !== 'applied') throw new Error(`${command.type} was ${result.kind}`);
  }
}

async function liveAll(store: ReservationStore): Promise<void> {
  for (const commands of LIVES) await live(store, newId(), commands);
}

async function rows(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const found: ReservationSummary[] = [];
  for await (const row of allReservations(store.view)) found.push(row);
  return found;
}

/** A store over a file that may be changed behind its back. */
async function openFile(): Promise<{ readonly store: ReservationStore; tamper(sql: string): unknown[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'rebuild-'));
  const path = join(folder, 'reservations.db');
  const store = await openSqliteStore({ path });
  onTestFinished(async () => {
    await store.close();
    await rm(folder, { recursive: true });
  });
  return {
    store,
    tamper(sql) {
      const database = new Database(path);
      const statement = database.prepare(sql);
      const found = statement.reader ? statement.all() : [statement.run()];
      database.close();
      return found;
    },
  };
}

/** A store whose rebuilds are changed. */
function withRebuild(store: ReservationStore, change: (rebuild: ViewRebuild) => ViewRebuild): ReservationStore {
  return {
    ...store,
    view: { ...store.view, rebuild: async (request) => change(await store.view.rebuild(request)) },
  };
}

describe('a rebuilt view', () => {
  test('is row for row the one that was written with the events, whatever was done to that one', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    const inline = await rows(store);
    expect(new Set(inline.map(({ stage, answeredAs }) => `${stage} ${answeredAs}`)).size).toBe(6);
    const [first, second, third, fourth] = inline.map(
      ({ reservationId }) => `where reservation_id = '${reservationId}'`,
    );
    tamper(`update reservations set stage = 'confirmed', status = 'RESERVATION_CONFIRMED', version = 99 ${first}`);
    tamper(`update reservations set amount_minor = 1, user_id = 'eve' ${second}`);
    tamper(`delete from reservations ${third}`);
    tamper(`update reservations set reservation_id = 'RES-stray' ${fourth}`);
    expect((await verifyStore(store)).faults).toHaveLength(4);
    const { durationMs, ...rebuilt } = await rebuildView(store, { runtime: createRuntime() });
    const commands = LIVES.flat();
    // What is told as failed is escalated in the same append.
    const escalations = commands.filter((command) => command === unknownAnsweredFailed).length;
    expect(rebuilt).toEqual({ events: commands.length + escalations, reservations: LIVES.length });
    expect(durationMs).toBeGreaterThan(0);
    expect(await rows(store)).toEqual(inline);
    expect((await verifyStore(store)).faults).toEqual([]);
  });

  test('of an empty store is empty', async () => {
    const store = createMemoryStore();
    expect(await rebuildView(store, { runtime: createRuntime() })).toMatchObject({ events: 0, reservations: 0 });
    expect(await rows(store)).toEqual([]);
  });

  test('has what was written while it was built: on the page before, behind the last page, between two attempts', async () => {
    const store = createMemoryStore();
    const open: ReservationId[] = [];
    async function begin(count: number): Promise<void> {
      for (let n = 0; n < count; n += 1) {
        const id = newId();
        open.push(id);
        await live(store, id, [create]);
      }
    }
    await begin(700);
    await live(store, open[0] ?? newId(), [unknown]);
    let switches = 0;
    const progress: number[] = [];
    const busy = withRebuild(store, (rebuild) => ({
      ...rebuild,
      async put(batch) {
        await rebuild.put(batch);
        await live(store, open.shift() ?? newId(), open.length === 700 ? [approved] : [declined]);
        await live(store, open.pop() ?? newId(), [unknownAnsweredFailed]);
      },
      async switchOver(request) {
        switches += 1;
        if (switches === 1) await begin(501);
        await live(store, open.pop() ?? newId(), [escalate]);
        await live(store, newId(), [create]);
        return await rebuild.switchOver(request);
      },
    }));
    const onProgress = (events: number): void => void progress.push(events);
    const { events, reservations } = await rebuildView(busy, { runtime: createRuntime(), onProgress });
    expect(switches).toBe(2);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(reservations).toBe(700 + 501 + 2);
    expect(await store.events.readAll({ after: events, limit: 1 })).toEqual([]);
    const { faults, streams } = await verifyStore(store);
    expect([faults, streams]).toEqual([[], reservations]);
  });
});

describe('a rebuild', () => {
  test('names an event that cannot be read, and leaves everything as it was', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    tamper('update events set checksum = checksum + 1 where position = 9');
    const before = await rows(store);
    await expect(rebuildView(store, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('position 9 ') as string,
    });
    expect(await rows(store)).toEqual(before);
    expect(tamper('select * from view_rebuilds')).toEqual([]);
    expect(tamper("select name from sqlite_schema where name like 'reservations_%'")).toEqual([]);
  });

  test('names an event that cannot follow, also when it came behind the last page', async () => {
    const store = createMemoryStore();
    const id = newId();
    await live(store, id, [create, approved]);
    const before = await rows(store);
    const busy = withRebuild(store, (rebuild) => ({
      ...rebuild,
      async switchOver(request) {
        await store.events.append(exampleAppend(id, { expected: 2 }));
        return await rebuild.switchOver(request);
      },
    }));
    await expect(rebuildView(busy, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('position 3, ') as string,
    });
    expect(await rows(store)).toEqual(before);
  });

  test('names a stream that is no reservation', async () => {
    const store = createMemoryStore();
    await store.events.append(exampleAppend('somebody-else'));
    await expect(rebuildView(store, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: "the event at position 1 is in stream somebody-else, which is no reservation's",
    });
  });

  test('waits longer each time that the view is in use, and gives up after a bounded number of attempts', async () => {
    const store = createMemoryStore();
    await live(store, newId(), [create]);
    const patience: number[] = [];
    let abandoned = 0;
    const used = withRebuild(store, (rebuild) => ({
      ...rebuild,
      async switchOver({ patienceMs }: SwitchRequest) {
        patience.push(patienceMs);
        return { kind: 'busy' };
      },
      async abandon() {
        abandoned += 1;
        await rebuild.abandon();
      },
    }));
    const runtime = createRuntime();
    await expect(rebuildView(used, { runtime })).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(patience).toHaveLength(SWITCH_ATTEMPTS_MAX);
    expect([patience[0], patience[1], patience.at(-1)]).toEqual([
      SWITCH_PATIENCE_MS,
      2 * SWITCH_PATIENCE_MS,
      SWITCH_PATIENCE_MAX_MS,
    ]);
    // Others get as long as they had to wait.
    expect(runtime.slept).toEqual(patience);
    expect(abandoned).toBe(1);
  });

  test('loads the streams of a page together, a bounded number at a time', async () => {
    const store = createMemoryStore();
    const ids = Array.from({ length: REBUILD_LOADS_MAX + 10 }, newId);
    // So long that the second half of every stream is on the second page.
    for (let n = ids.length; n < REBUILD_ROWS_MAX; n += 1) await live(store, newId(), [create]);
    for (const id of ids) await live(store, id, [create]);
    for (const id of ids) await live(store, id, [approved]);
    const loads: number[] = [];
    let asked = 0;
    const counting: ReservationStore = {
      ...store,
      events: {
        ...store.events,
        async readStream(stream, range) {
          asked += 1;
          if (asked === 1) setImmediate(() => (loads.push(asked), (asked = 0)));
          await new Promise(setImmediate);
          return await store.events.readStream(stream, range);
        },
      },
    };
    await rebuildView(counting, { runtime: createRuntime() });
    expect(loads).toEqual([REBUILD_LOADS_MAX, 10]);
    expect((await verifyStore(store)).faults).toEqual([]);
  });

  test('of a log that grows faster than it is read ends, says so, and leaves everything as it was', async () => {
    const store = createMemoryStore();
    const id = newId();
    await live(store, id, [create, approved]);
    const before = await rows(store);
    const [, last] = await store.events.readStream(id, { after: 0, limit: 2 });
    const bound = REBUILD_EVENTS_FACTOR * REBUILD_EVENTS_MIN;
    let read = 0;
    const endless: ReservationStore = {
      ...store,
      events: {
        ...store.events,
        async readAll(range) {
          if (range.limit < REBUILD_ROWS_MAX) return await store.events.readAll(range);
          if (read > bound) return [];
          read += range.limit;
          return Array.from({ length: range.limit }, () => last ?? []).flat();
        },
      },
    };
    await expect(rebuildView(endless, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringContaining('the log grows faster than a rebuild can read it') as string,
    });
    expect(read).toBe(bound);
    expect(await rows(store)).toEqual(before);
  });

  test('that a later one superseded fails, and the later one is shown', async () => {
    const store = createMemoryStore();
    await live(store, newId(), [create]);
    let later: Promise<unknown> = Promise.resolve();
    const twice = withRebuild(store, (rebuild) => ({
      ...rebuild,
      async switchOver(request) {
        later = rebuildView(store, { runtime: createRuntime() });
        await later;
        return await rebuild.switchOver(request);
      },
    }));
    await expect(rebuildView(twice, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'REBUILD_SUPERSEDED',
    });
    await expect(later).resolves.toMatchObject({ reservations: 1 });
    expect(await rows(store)).toHaveLength(1);
  });

  test('pauses behind each full batch as long as the batch took', async () => {
    const store = createMemoryStore();
    for (let n = 0; n < 501; n += 1) await live(store, newId(), [create]);
    const runtime = createRuntime();
    await rebuildView(store, { runtime });
    // The clock of this test moves on by one with each look at it.
    expect(runtime.slept).toEqual([1]);
  });
});
