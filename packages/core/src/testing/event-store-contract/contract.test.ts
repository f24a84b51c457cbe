import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { StoreHarness } from './case.ts';
import { reservationStoreContract } from './contract.ts';

const directories: string[] = [];

afterEach(async () => {
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true });
});

const memory: StoreHarness = { open: async () => createMemoryStore(), reopen: null, openBeside: null };

const sqliteInMemory: StoreHarness = {
  open: () => openSqliteStore({ path: ':memory:' }),
  reopen: null,
  openBeside: null,
};

/** Knows which file a store is of. */
function sqliteFile(): StoreHarness {
  const paths = new WeakMap<ReservationStore, string>();
  async function openAt(path: string, exclusive: boolean): Promise<ReservationStore> {
    const store = await openSqliteStore({ path, exclusive });
    paths.set(store, path);
    return store;
  }
  function pathOf(store: ReservationStore): string {
    const path = paths.get(store);
    if (path === undefined) throw new Error('this harness did not open the store');
    return path;
  }
  return {
    async open() {
      const directory = await mkdtemp(join(tmpdir(), 'reservations-contract-'));
      directories.push(directory);
      return await openAt(join(directory, 'store.db'), true);
    },
    async reopen(store) {
      await store.close();
      return await openAt(pathOf(store), true);
    },
    openBeside: (store) => openAt(pathOf(store), false),
  };
}

describe.each([
  { adapter: 'memory', harness: memory },
  { adapter: 'SQLite in memory', harness: sqliteInMemory },
  { adapter: 'SQLite file', harness: sqliteFile() },
])('$adapter keeps the store contract', ({ harness }) => {
  const applicable = reservationStoreContract.filter(({ needs }) => needs === 'nothing' || harness[needs] !== null);

  test.each(applicable)('$title', (contractCase) => contractCase.run(harness));
});

describe('the store contract', () => {
  test('names each case once', () => {
    const titles = reservationStoreContract.map(({ title }) => title);
    expect(titles.filter((title, index) => titles.indexOf(title) !== index)).toEqual([]);
  });
});
