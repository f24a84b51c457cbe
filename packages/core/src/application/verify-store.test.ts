import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { createEngineFixture } from './engine-fixture.ts';
import { verifyStore } from './verify-store.ts';

let folder: string;
let path: string;
let store: ReservationStore;
let ids: readonly string[];

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
  expect(await verifyStore(store)).toEqual({ events: 4, streams: 2, open: 1, faults: [] });
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
  tamper('delete from payment_queue');
  expect((await verifyStore(store)).faults).toEqual(['1 payments wait for a verdict, the queue has 0']);
});

test('a row of the view without a stream is noticed', async () => {
  tamper(
    `insert into reservations select shard, 'RES-x', status, stage, user_id, amount_minor, currency, decimals, transaction_id,
     failure_reason, answered_as, message, created_at, updated_at, version from reservations limit 1`,
  );
  expect((await verifyStore(store)).faults).toEqual(['the view has 3 rows, the log has 2 streams']);
});
