import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest';
import { createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import type { TransferSource, TransferTarget } from '../../ports/admin/store-transfer.ts';
import { createSourceFile, query, runMove } from './move-fixture.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

type Sabotage = Partial<TransferTarget> & { readonly source?: Partial<TransferSource> };

/** Faults of either end that no error reports, and how each is found; it would be a loss, or a second charge. */
const SABOTAGES: readonly (readonly [
  title: string,
  found: RegExp,
  sabotage: (target: TransferTarget, source: TransferSource, url: string) => Sabotage,
])[] = [
  ['forgets the keys', /lacks something .*: the key "order-1"/, () => ({ importKeys: async () => undefined })],
  [
    'forgets one key of a batch',
    /differs from the source in "scope": the key/,
    (target) => ({ importKeys: (keys) => target.importKeys(keys.slice(1)) }),
  ],
  [
    'gives a key to another stream',
    /differs from the source in "stream": the key/,
    (target) => ({
      importKeys: ([first, ...rest]) =>
        target.importKeys(first === undefined ? [] : [{ ...first, stream: rest[0]?.stream ?? '' }, ...rest]),
    }),
  ],
  ['forgets the open payments', /lacks something .*: the payment/, () => ({ importWork: async () => undefined })],
  [
    'makes a payment look new',
    /differs from the source in "openedAt": the payment/,
    (target) => ({
      importWork: (payments) => target.importWork(payments.map((payment) => ({ ...payment, openedAt: 0 }))),
    }),
  ],
  [
    'forgets a checkpoint',
    /the subscription "mail 🎫"/,
    (target) => ({ importCheckpoints: (rows) => target.importCheckpoints(rows.slice(1)) }),
  ],
  [
    'lets a stopped subscription run',
    /differs from the source in "stoppedAt": the subscription "stopped"/,
    (target) => ({
      importCheckpoints: (rows) => target.importCheckpoints(rows.map((row) => ({ ...row, stoppedAt: null }))),
    }),
  ],
  [
    'forgets rows of the view',
    /the view's row of RES-/,
    (target) => ({ importSummaries: (rows) => target.importSummaries(rows.slice(1)) }),
  ],
  [
    'shows another status',
    /differs from the source in "status": the view's row of/,
    (target) => ({
      importSummaries: (rows) => target.importSummaries(rows.map((row) => ({ ...row, status: 'RESERVATION_FAILED' }))),
    }),
  ],
  [
    'numbers positions anew',
    /the target's log does not end at position 3/,
    (target) => ({
      importEvents: (events) =>
        target.importEvents(events.map((event) => (event.position === 2 ? { ...event, position: 20 } : event))),
    }),
  ],
  [
    'skips a batch',
    /the target's log does not end at position 6/,
    (target) => {
      let batches = 0;
      return {
        importEvents(events) {
          batches += 1;
          return batches === 2 ? Promise.resolve() : target.importEvents(events);
        },
      };
    },
  ],
  [
    'ends before the last batch',
    /lacks something that the source has: the event at position 16/,
    (_, source) => ({
      source: { log: (page) => (page.after >= 15 ? Promise.resolve([]) : source.log(page)) },
    }),
  ],
  [
    'changes the text of an event',
    /the event at position 1 .* does not match its checksum/,
    (target) => ({
      importEvents: (events) =>
        target.importEvents(events.map((event) => ({ ...event, data: event.data.replace('EUR', 'USD') }))),
    }),
  ],
  [
    'leaves an event in the table that the move did not copy',
    /the event at position 99 .* does not match its checksum/,
    (target, _, url) => ({
      async importCheckpoints(rows) {
        await target.importCheckpoints(rows);
        await query(
          url,
          `insert into events select shard, 'RES-zzz', version, 99, id, command_id, type, schema_version, data, metadata,
             checksum from events where position = 1`,
        );
      },
    }),
  ],
];

test.each(SABOTAGES)('a move that %s is found out, and nothing is marked', async (_, found, sabotage) => {
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
  await expect(moving).rejects.toThrow(found);
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
  // As if a batch in the middle had been lost.
  await query(url, 'delete from events where position = 1');
  await expect(runMove({ path, url })).rejects.toThrow('the copy differs');
  await (await openSqliteStore({ path })).close();
});
