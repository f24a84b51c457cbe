import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { createTestSchemas, type TestSchemas } from '../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { createTestDirectories } from '../adapters/sqlite/test-support.ts';
import type { TransferSource, TransferTarget } from '../ports/store-transfer.ts';
import { createSourceFile, query, runMove } from './move-fixture.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

type Sabotage = Partial<TransferTarget> & { readonly source?: Partial<TransferSource> };

/** Faults of either end that nobody reports; each would be a loss, a second charge or another answer. */
const SABOTAGES: Readonly<Record<string, (target: TransferTarget, source: TransferSource, url: string) => Sabotage>> = {
  'forgets the keys': () => ({ importKeys: async () => undefined }),
  'forgets one key of a batch': (target) => ({ importKeys: (keys) => target.importKeys(keys.slice(1)) }),
  'gives a key to another stream': (target) => ({
    importKeys: ([first, ...rest]) =>
      target.importKeys(first === undefined ? [] : [{ ...first, stream: rest[0]?.stream ?? '' }, ...rest]),
  }),
  'forgets the open payments': () => ({ importPayments: async () => undefined }),
  'makes a payment look new': (target) => ({
    importPayments: (payments) => target.importPayments(payments.map((payment) => ({ ...payment, openedAt: 0 }))),
  }),
  'forgets a checkpoint': (target) => ({ importCheckpoints: (rows) => target.importCheckpoints(rows.slice(1)) }),
  'lets a stopped subscription run': (target) => ({
    importCheckpoints: (rows) => target.importCheckpoints(rows.map((row) => ({ ...row, stoppedAt: null }))),
  }),
  'forgets rows of the view': (target) => ({ importSummaries: (rows) => target.importSummaries(rows.slice(1)) }),
  'shows another status': (target) => ({
    importSummaries: (rows) => target.importSummaries(rows.map((row) => ({ ...row, status: 'RESERVATION_FAILED' }))),
  }),
  'numbers positions anew': (target) => ({
    importEvents: (events) =>
      target.importEvents(events.map((event, index) => ({ ...event, position: event.position + (index % 2) }))),
  }),
  'skips a batch': (target) => {
    let batches = 0;
    return {
      importEvents(events) {
        batches += 1;
        return batches === 2 ? Promise.resolve() : target.importEvents(events);
      },
    };
  },
  'ends before the last batch': (_, source) => ({
    source: { log: (page) => (page.after >= 15 ? Promise.resolve([]) : source.log(page)) },
  }),
  'changes the text of an event': (target) => ({
    importEvents: (events) =>
      target.importEvents(events.map((event) => ({ ...event, data: event.data.replace('EUR', 'USD') }))),
  }),
  'leaves an event in the table that nobody brought': (target, _, url) => ({
    async importCheckpoints(rows) {
      await target.importCheckpoints(rows);
      await query(
        url,
        `insert into events select shard, 'RES-zzz', version, 99, id, command_id, type, schema_version, data, metadata, checksum
         from events where position = 1`,
      );
    },
  }),
};

test.each(Object.entries(SABOTAGES))('a move that %s is found out, and nothing is marked', async (_, sabotage) => {
  const path = await directories.newPath();
  const url = await schemas.newSchema();
  await createSourceFile(path);
  const moving = runMove(
    { path, url },
    {
      wrap({ source, target }) {
        const { source: sourceFaults, ...targetFaults } = sabotage(target, source, url);
        return { source: { ...source, ...sourceFaults }, target: { ...target, ...targetFaults } };
      },
    },
  );
  await expect(moving).rejects.toThrow();
  await (await openSqliteStore({ path })).close();
  expect(await query(url, 'select role, finished_at from store_moves')).toEqual([
    { role: 'target', finished_at: null },
  ]);
});

test('a move that goes on behind a batch that never came is found out', async () => {
  const path = await directories.newPath();
  const url = await schemas.newSchema();
  await createSourceFile(path);
  await expect(
    runMove(
      { path, url },
      {
        onProgress() {
          throw new Error('interrupted');
        },
      },
    ),
  ).rejects.toThrow('interrupted');
  // As if the batch had been counted and then lost.
  await query(url, 'update log_counters set last_position = 6');
  await expect(runMove({ path, url })).rejects.toMatchObject({ code: 'STORE_UNSUITABLE' });
  await (await openSqliteStore({ path })).close();
});
