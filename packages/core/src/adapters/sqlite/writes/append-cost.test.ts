import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { afterAll, describe, expect, test } from 'vitest';
import type { AppendRequest } from '../../../ports/event-store.ts';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, exampleSummary } from '../../../testing/builders.ts';
import { openSqliteStore } from '../open/open.ts';
import { migrate } from '../schema/migrate.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';
import { createTestDirectories, createStoreOn } from '../test-support.ts';

const directories = createTestDirectories();
afterAll(() => directories.remove());

/** Statements that each transaction needs, in addition to those of its appends. */
const OF_A_GROUP = ['begin immediate', 'select position from events', 'commit'];

const LEASE = { owner: 'w', openedAt: 1, leaseUntil: 2 };

/** Opens the n-th reservation with everything that an append can write. */
function opening(n: number): AppendRequest {
  return exampleAppend(exampleId(n), {
    events: [exampleEvent(n)],
    inlineWrites: {
      summary: exampleSummary(exampleId(n)),
      work: { change: 'enqueue', ...exampleCharge(n), ...LEASE },
      key: { kind: 'claim', scope: 'anonymous', key: `key-${n}`, fingerprint: 'f' },
    },
  });
}

/** Records the verdict about it. */
function verdict(n: number): AppendRequest {
  return exampleAppend(exampleId(n), {
    expected: 1,
    events: [exampleEvent(n + 1_000)],
    inlineWrites: {
      summary: exampleSummary(exampleId(n), { version: 2 }),
      work: { change: 'remove', ...exampleCharge(n), onlyIfLeasedBy: LEASE.owner },
      key: { kind: 'keep' },
    },
  });
}

const numbers = Array.from({ length: 50 }, (_, index) => index + 1);

/** A store that writes down the first words of each statement that it runs. */
function traced(): { readonly store: ReservationStore; readonly take: () => readonly string[] } {
  let statements: string[] = [];
  const database = new Database(':memory:', {
    verbose: (text) => void statements.push(String(text).replaceAll('"', '').split(' ').slice(0, 4).join(' ')),
  });
  migrate(database, SQLITE_MIGRATIONS);
  const store = createStoreOn(database);
  return {
    store,
    take() {
      const taken = statements;
      statements = [];
      return taken.toSorted();
    },
  };
}

/** The statements of a group of so many appends. */
function group(appends: number, each: readonly string[]): readonly string[] {
  return [...OF_A_GROUP, ...numbers.slice(0, appends).flatMap(() => each)].toSorted();
}

const OPENING = [
  'insert into idempotency_keys (shard,',
  'insert into events (shard,',
  'insert into reservations (shard,',
  'insert into due_work (shard,',
];
const VERDICT = ['select owner from due_work', ...OPENING.slice(1, 3), 'delete from due_work where'];

describe('the statements of an append', () => {
  test.each([1, 50])(
    'one for each row that it writes or removes, and its lease; three for a group of %i',
    async (size) => {
      const { store, take } = traced();
      take();
      await Promise.all(numbers.slice(0, size).map((n) => store.events.append(opening(n))));
      expect(take()).toEqual(group(size, OPENING));
      await Promise.all(numbers.slice(0, size).map((n) => store.events.append(verdict(n))));
      expect(take()).toEqual(group(size, VERDICT));
      await store.close();
    },
  );
});

describe('the commits of a group', () => {
  test('one for a group of any number of appends', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    const before = commitsIn(`${path}-wal`);
    await Promise.all(numbers.map((n) => store.events.append(opening(n))));
    expect(commitsIn(`${path}-wal`) - before).toBe(1);
    await store.events.append(verdict(1));
    expect(commitsIn(`${path}-wal`) - before).toBe(2);
    await store.close();
  });
});

const WAL_HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;

/** Number of commits in a write-ahead log: a frame that ends one holds the size of the database (SQLite, "WAL File Format"). */
function commitsIn(wal: string): number {
  const log = readFileSync(wal);
  const pageBytes = log.readUInt32BE(8);
  let commits = 0;
  for (let at = WAL_HEADER_BYTES; at < log.length; at += FRAME_HEADER_BYTES + pageBytes) {
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  }
  return commits;
}
