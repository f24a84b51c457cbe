import { chargeWork } from '../payments/charge-work.ts';
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
import { REPAIR_ROWS_MAX } from '../../ports/admin/view-repair.ts';
import { exampleAppend } from '../../testing/builders.ts';
import { createManualRuntime } from '../../testing/manual-runtime.ts';
import { allReservations } from './all-reservations.ts';
import { handleCommand, keepKey } from '../commands/handle-command.ts';
import { loadReservation } from '../commands/load-reservation.ts';
import { REPAIR_LOADS_MAX, REPAIR_PAUSE_MAX_MS, repairView } from './repair-view.ts';
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
  reference: 'order-1',
  metadata: { shop: 'Berlin' },
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
        loaded: {
          ...loaded,
          origin: loaded.origin ?? { correlationId: 'request', traceparent: null, caller: 'anonymous' },
        },
        work: ({ stage }) =>
          stage === 'processing'
            ? { change: 'enqueue', ...chargeWork(id), owner: id, openedAt: 0, leaseUntil: 1 }
            : stage === 'unresolved'
              ? { change: 'keep' }
              : { change: 'remove', ...chargeWork(id), onlyIfLeasedBy: null },
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

/** A store over a file that may be changed bypassing it. */
async function openFile(): Promise<{ readonly store: ReservationStore; tamper(sql: string): unknown[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'repair-'));
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

describe('a repaired view', () => {
  test('is row for row the one that was written with the events, whatever was done to that one', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    const inline = await rows(store);
    expect(new Set(inline.map(({ stage, answeredAs }) => `${stage} ${answeredAs}`)).size).toBe(6);
    const [first, second, third, fourth] = inline.map(
      ({ reservationId }) => `where reservation_id = '${reservationId}'`,
    );
    tamper(`update reservations set stage = 'confirmed', version = 99 ${first}`);
    tamper(`update reservations set summary = replace(summary, 'EUR', 'USD'), user_id = 'eve' ${second}`);
    tamper(`delete from reservations ${third}`);
    tamper(`update reservations set reservation_id = 'RES-stray' ${fourth}`);
    expect((await verifyStore(store)).faults).not.toEqual([]);
    const { durationMs, ...repaired } = await repairView(store, { runtime: createRuntime() });
    const commands = LIVES.flat();
    // What is told as failed is escalated in the same append.
    const escalations = commands.filter((command) => command === unknownAnsweredFailed).length;
    expect(repaired).toEqual({
      position: commands.length + escalations,
      reservations: LIVES.length,
      newer: 0,
      written: 4,
      removed: 1,
    });
    expect(durationMs).toBeGreaterThan(0);
    expect(await rows(store)).toEqual(inline);
    expect((await verifyStore(store)).faults).toEqual([]);
  });

  test('is complete also when it was empty', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    const inline = await rows(store);
    tamper('delete from reservations');
    expect(await repairView(store, { runtime: createRuntime() })).toMatchObject({ written: LIVES.length, removed: 0 });
    expect(await rows(store)).toEqual(inline);
  });

  test('of an empty store is empty', async () => {
    const store = createMemoryStore();
    expect(await repairView(store, { runtime: createRuntime() })).toMatchObject({ position: 0, reservations: 0 });
    expect(await rows(store)).toEqual([]);
  });

  test('that was right is not written', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    const changes = tamper('pragma data_version');
    expect(await repairView(store, { runtime: createRuntime() })).toMatchObject({ written: 0, removed: 0 });
    expect(tamper('pragma data_version')).toEqual(changes);
  });

  test('has what was appended while it was repaired: before a batch is put, and behind the end', async () => {
    const store = createMemoryStore();
    const open: ReservationId[] = [];
    for (let n = 0; n < REPAIR_ROWS_MAX + 200; n += 1) {
      const id = newId();
      open.push(id);
      await live(store, id, [create]);
    }
    let puts = 0;
    const busy: ReservationStore = {
      ...store,
      repair: {
        ...store.repair,
        async put(batch) {
          puts += 1;
          await live(store, open.shift() ?? newId(), [approved]);
          await live(store, open.pop() ?? newId(), [unknownAnsweredFailed]);
          await live(store, newId(), [create]);
          return await store.repair.put(batch);
        },
      },
    };
    const progress: number[] = [];
    const onProgress = ({ position }: { readonly position: number }): void => void progress.push(position);
    const { reservations } = await repairView(busy, { runtime: createRuntime(), onProgress });
    expect(puts).toBe(2);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    // The first of those that began during the repair is on its last page.
    expect(reservations).toBe(REPAIR_ROWS_MAX + 200 + 1);
    expect((await verifyStore(store)).faults).toEqual([]);
  });
});

describe('a repair', () => {
  test('names an event that cannot be read; the rows before it are repaired, and a run behind it goes on', async () => {
    const { store, tamper } = await openFile();
    for (let n = 0; n < REPAIR_ROWS_MAX; n += 1) await live(store, newId(), [create]);
    await live(store, newId(), [create]);
    await live(store, newId(), [create]);
    const inline = await rows(store);
    const damaged = REPAIR_ROWS_MAX + 1;
    tamper(`update events set checksum = checksum + 1 where position = ${damaged}`);
    tamper('delete from reservations');
    await expect(repairView(store, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining(`position ${damaged} `) as string,
    });
    expect(await rows(store)).toEqual(inline.slice(0, REPAIR_ROWS_MAX));
    await repairView(store, { runtime: createRuntime(), after: damaged });
    expect(await rows(store)).toEqual(inline.filter((_, index) => index !== REPAIR_ROWS_MAX));
  });

  test('names an event that cannot follow', async () => {
    const store = createMemoryStore();
    const id = newId();
    await live(store, id, [create, approved]);
    const before = await rows(store);
    await store.events.append(exampleAppend(id, { expected: 2 }));
    await expect(repairView(store, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('position 3, ') as string,
    });
    expect(await rows(store)).toEqual(before);
  });

  test('names a stream that is no reservation', async () => {
    const store = createMemoryStore();
    await store.events.append(exampleAppend('another-stream'));
    await expect(repairView(store, { runtime: createRuntime() })).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: "the event at position 1 is in stream another-stream, which is no reservation's",
    });
  });

  test('that was interrupted can be continued behind the position that it reported', async () => {
    const { store, tamper } = await openFile();
    for (let n = 0; n < REPAIR_ROWS_MAX + 10; n += 1) await live(store, newId(), [create]);
    const inline = await rows(store);
    tamper('delete from reservations');
    const killed = new Error('killed');
    let position = 0;
    const interrupted = repairView(store, {
      runtime: createRuntime(),
      onProgress(progress) {
        ({ position } = progress);
        throw killed;
      },
    });
    await expect(interrupted).rejects.toBe(killed);
    expect(position).toBe(REPAIR_ROWS_MAX);
    expect(await rows(store)).toEqual(inline.slice(0, REPAIR_ROWS_MAX));
    expect(await repairView(store, { runtime: createRuntime(), after: position })).toMatchObject({
      reservations: 10,
      written: 10,
    });
    expect(await rows(store)).toEqual(inline);
  });

  test('may run beside another one', async () => {
    const { store, tamper } = await openFile();
    await liveAll(store);
    const inline = await rows(store);
    tamper("update reservations set user_id = 'eve'");
    const [one, other] = await Promise.all([
      repairView(store, { runtime: createRuntime() }),
      repairView(store, { runtime: createRuntime() }),
    ]);
    expect(one.written + other.written).toBe(LIVES.length);
    expect(await rows(store)).toEqual(inline);
  });

  test('loads the streams of a page together, a bounded number at a time', async () => {
    const store = createMemoryStore();
    for (let n = 0; n < REPAIR_LOADS_MAX + 10; n += 1) await live(store, newId(), [create]);
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
    await repairView(counting, { runtime: createRuntime() });
    expect(loads).toEqual([REPAIR_LOADS_MAX, 10]);
  });

  test('of a log that grows faster than it is read ends where the log ended when it began', async () => {
    const store = createMemoryStore();
    await live(store, newId(), [create]);
    let reads = 0;
    const growing: ReservationStore = {
      ...store,
      events: {
        ...store.events,
        async readAll(range) {
          reads += 1;
          await live(store, newId(), [create]);
          return await store.events.readAll({ ...range, limit: 1 });
        },
      },
    };
    expect(await repairView(growing, { runtime: createRuntime() })).toMatchObject({ position: 1 });
    expect(reads).toBe(1);
  });

  test('pauses behind a batch as long as the batch took, for a bounded time', async () => {
    const store = createMemoryStore();
    for (let n = 0; n < 2 * REPAIR_ROWS_MAX; n += 1) await live(store, newId(), [create]);
    const runtime = createRuntime();
    const slow: ReservationStore = {
      ...store,
      repair: {
        ...store.repair,
        async removeOrphans(page) {
          await runtime.clock.sleep(10 * REPAIR_PAUSE_MAX_MS, new AbortController().signal);
          return await store.repair.removeOrphans(page);
        },
      },
    };
    await repairView(slow, { runtime });
    // The clock of this test moves on by one with each look at it.
    expect(runtime.slept).toEqual([1, 10 * REPAIR_PAUSE_MAX_MS, REPAIR_PAUSE_MAX_MS, 10 * REPAIR_PAUSE_MAX_MS]);
  });
});
