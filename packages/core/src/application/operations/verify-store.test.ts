import { chargeWork } from '../payments/charge-work.ts';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture } from '../engine-fixture.ts';
import { handleCommand, keepKey } from '../commands/handle-command.ts';
import { loadReservation } from '../commands/load-reservation.ts';
import { verifyStore } from './verify-store.ts';

let folder: string;
let path: string;
let store: ReservationStore;
let ids: readonly ReservationId[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'verify-'));
  path = join(folder, 'reservations.db');
  store = await openSqliteStore({ path });
  const { create, gateway } = createEngineFixture({ store });
  const confirmed = await create();
  gateway.script(() => ({ kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' }));
  const unresolved = await create();
  ids = [confirmed.reservationId, unresolved.reservationId];
});

afterEach(async () => {
  await store.close();
  await rm(folder, { recursive: true });
});

function tamper(sql: string): void {
  const database = new Database(path);
  database.exec(sql);
  database.close();
}

test('a sound store has no faults', async () => {
  expect(await verifyStore(store)).toEqual({ events: 4, streams: 2, open: 1, newer: 0, faults: [] });
});

test('streams are read several at a time, and a bounded number of them', async () => {
  const { create } = createEngineFixture({ store });
  await Promise.all(Array.from({ length: 100 }, () => create()));
  let underWay = 0;
  let most = 0;
  const counting: ReservationStore = {
    ...store,
    events: {
      ...store.events,
      async readStream(stream, range) {
        most = Math.max(most, (underWay += 1));
        try {
          return await store.events.readStream(stream, range);
        } finally {
          underWay -= 1;
        }
      },
    },
  };
  expect((await verifyStore(counting)).faults).toEqual([]);
  expect(most).toBe(64);
});

test('a flipped bit is found and named', async () => {
  tamper(`update events set data = replace(data, '1050', '1051') where position = 3`);
  const { faults } = await verifyStore(store);
  expect(faults).toHaveLength(1);
  expect(faults[0]).toMatch(new RegExp(`position 3 .*${ids[1]}`));
});

test('every damaged event is named, not only the first', async () => {
  tamper(`update events set checksum = checksum + 1 where position in (2, 4)`);
  const { faults } = await verifyStore(store);
  expect(faults.some((fault) => fault.includes('position 2 '))).toBe(true);
  expect(faults.some((fault) => fault.includes('position 4 '))).toBe(true);
});

test('a missing event is named', async () => {
  tamper('delete from events where position = 2');
  const { faults } = await verifyStore(store);
  expect(faults.join('\n')).toMatch(/position 2 is missing/);
});

test('a row of the view that is not the folded stream is named', async () => {
  tamper(`update reservations set stage = 'failed' where reservation_id = '${ids[0]}'`);
  expect((await verifyStore(store)).faults).toEqual([
    `view of ${ids[0]} differs from its folded stream: stage is "failed", not "confirmed"`,
  ]);
});

test('a payment that is missing from the queue is noticed', async () => {
  tamper('delete from due_work');
  expect((await verifyStore(store)).faults).toEqual(['1 payments wait for a verdict, the queue has 0']);
});

test('a row of the view without a stream is noticed', async () => {
  tamper(
    `insert into reservations select shard, 'RES-x', version, user_id, stage, transaction_id, caller, reference, summary from reservations limit 1`,
  );
  expect((await verifyStore(store)).faults).toEqual(['the view has 3 rows, the log has 2 streams']);
});

test('a server that writes meanwhile is no fault', async () => {
  const { runtime } = createEngineFixture({ store });
  const [, id] = ids;
  if (id === undefined) throw new Error('there are two reservations');
  const loaded = await loadReservation(store.events, id);
  let pages = 0;
  const busy: ReservationStore = {
    ...store,
    events: {
      ...store.events,
      async readAll(range) {
        pages += range.after === 4 && range.limit > 1 ? 1 : 0;
        if (pages === 1) await confirm();
        return await store.events.readAll(range);
      },
    },
  };
  /** Behind the first page, whose streams were verified by then. */
  async function confirm(): Promise<void> {
    pages += 1;
    const at = loaded.state.stage === 'none' ? '' : loaded.state.createdAt;
    const outcome = { kind: 'approved', transactionId: 'TXN-1', message: 'approved' } as const;
    await handleCommand(
      { events: store.events, runtime },
      {
        id: id as ReservationId,
        command: { type: 'record-outcome', outcome, answerUnknownAs: 'pending', at },
        loaded,
        work: () => ({ change: 'remove', ...chargeWork(id as ReservationId), onlyIfLeasedBy: null }),
        key: keepKey,
      },
    );
  }
  expect(await verifyStore(busy)).toEqual({ events: 5, streams: 2, open: 0, newer: 0, faults: [] });
});
