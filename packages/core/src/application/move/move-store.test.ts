import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { openPostgresStore } from '../../adapters/postgres/index.ts';
import { createTestSchemas, type TestSchemas } from '../../adapters/postgres/test-support.ts';
import { openSqliteStore, openSqliteTransferSource } from '../../adapters/sqlite/index.ts';
import { createTestDirectories } from '../../adapters/sqlite/test-support.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../../testing/builders.ts';
import { newerRow, writeNewer } from '../newer-fixture.ts';
import {
  change,
  contentsOfDatabase,
  contentsOfFile,
  createSourceFile,
  movedContents,
  query,
  runMove,
} from './move-fixture.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());
let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

let path: string;
let url: string;
beforeEach(async () => {
  path = await directories.newPath();
  url = await schemas.newSchema();
  await createSourceFile(path);
});

const COUNTS = { events: 16, reservations: 8, keys: 3, openPayments: 3, checkpoints: 2, apiKeys: 2, newer: 0 };
const UNSUITABLE = { code: 'STORE_UNSUITABLE' };

/** Opens a store that is closed with the test. */
async function opened(opening: Promise<ReservationStore>): Promise<ReservationStore> {
  const store = await opening;
  onTestFinished(() => store.close());
  return store;
}

const openTarget = (): Promise<ReservationStore> => opened(openPostgresStore({ connectionString: url }));
const openSource = (exclusive: boolean): Promise<ReservationStore> =>
  opened(openSqliteStore({ path, exclusive, busyTimeoutMs: 0 }));

/** A move that ends before its end, as by a kill. */
async function beginMove(): Promise<void> {
  const interrupted = runMove({ path, url }, { onProgress: interruptAfter(2) });
  await expect(interrupted).rejects.toThrow('interrupted');
}

function withoutClaim(row: ReservationSummary): ReservationSummary {
  return { ...row, claim: { resource: 'another' } } as ReservationSummary;
}

function interruptAfter(batches: number): () => void {
  let left = batches;
  return () => {
    left -= 1;
    if (left === 0) throw new Error('interrupted');
  };
}

describe('a move', () => {
  test('brings every row over as it is, and the source keeps what it has', async () => {
    const before = contentsOfFile(path);
    expect(await runMove({ path, url })).toEqual({ kind: 'moved', counts: COUNTS });
    expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
    expect(contentsOfFile(path)).toEqual(before);
  });

  test('of batches of any size is the same', async () => {
    const before = contentsOfFile(path);
    expect(await runMove({ path, url }, { batchRows: 1_000 })).toEqual({ kind: 'moved', counts: COUNTS });
    expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
  });

  test('leaves tables whose size the planner knows', async () => {
    await runMove({ path, url });
    const sizes = await query(
      url,
      `select relname, reltuples from pg_class where relnamespace = current_schema::regnamespace
         and relname in ('events', 'reservations', 'idempotency_keys', 'due_work') order by 1`,
    );
    expect(sizes).toEqual([
      { relname: 'due_work', reltuples: 3 },
      { relname: 'events', reltuples: 16 },
      { relname: 'idempotency_keys', reltuples: 3 },
      { relname: 'reservations', reltuples: 8 },
    ]);
  });

  test('copies the streams and rows of a later release as they are', async () => {
    const source = await openSqliteStore({ path });
    const { begun, held } = await writeNewer(source);
    await source.close();
    const before = contentsOfFile(path);
    const counts = { ...COUNTS, events: 20, reservations: 10, openPayments: 4, newer: 3 };
    expect(await runMove({ path, url })).toEqual({ kind: 'moved', counts });
    expect(await contentsOfDatabase(url)).toEqual(movedContents(before));
    const { view } = await openTarget();
    expect([await view.find(begun), await view.find(held)]).toEqual([newerRow(begun, 1), newerRow(held, 2)]);
  });

  test('names a row of a later release that arrived differently', async () => {
    const source = await openSqliteStore({ path });
    const { begun } = await writeNewer(source);
    await source.close();
    const spoilt = runMove(
      { path, url },
      {
        wrap: ({ source: from, target }) => ({
          source: from,
          target: {
            ...target,
            importSummaries: (rows) =>
              target.importSummaries(rows.map((row) => (row.reservationId === begun ? withoutClaim(row) : row))),
          },
        }),
      },
    );
    await expect(spoilt).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: expect.stringContaining('the copy differs from the source in "claim"') as string,
    });
  });

  test('of an empty store is a move', async () => {
    path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    const counts = { events: 0, reservations: 0, keys: 0, openPayments: 0, checkpoints: 0, apiKeys: 0, newer: 0 };
    expect(await runMove({ path, url })).toEqual({ kind: 'moved', counts });
    const result = await (await openTarget()).events.append(exampleAppend(exampleId(1)));
    expect(result).toEqual({ kind: 'appended', version: 1, position: 1 });
  });

  test('is followed by work on the target: the next position, known keys, known commands, due payments', async () => {
    const [first] = await (await openSource(false)).events.readAll({ after: 0, limit: 1 });
    await runMove({ path, url });
    const store = await openTarget();
    const key = { kind: 'claim', scope: 'user:7', key: 'order-1', fingerprint: 'another body' } as const;
    const reused = exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, key } });
    expect(await store.events.append(reused)).toMatchObject({ kind: 'key-taken', stream: first?.stream });
    const repeated = exampleAppend(first?.stream ?? '', { commandId: first?.commandId ?? '' });
    expect(await store.events.append(repeated)).toEqual({ kind: 'appended', version: 1, position: 1 });
    const next = exampleAppend(exampleId(1), { events: [exampleEvent(1)] });
    expect(await store.events.append(next)).toEqual({ kind: 'appended', version: 1, position: 17 });
    const now = Number.MAX_SAFE_INTEGER - 1;
    const taken = await store.work.take({ kind: 'charge', owner: 'me', now, leaseUntil: now + 1, limit: 10 });
    expect(taken).toHaveLength(3);
  });

  test('that was done is known, and the target is not touched again', async () => {
    await runMove({ path, url });
    const store = await openTarget();
    await store.events.append(exampleAppend(exampleId(1)));
    const served = await contentsOfDatabase(url);
    expect(await runMove({ path, url })).toEqual({ kind: 'moved-before' });
    expect(await contentsOfDatabase(url)).toEqual(served);
  });

  test('that was interrupted goes on where the log ended, also when the source was served meanwhile', async () => {
    await beginMove();
    const store = await openSqliteStore({ path });
    const work = { change: 'enqueue', ...exampleCharge(1), owner: 'me', openedAt: 1, leaseUntil: 2 } as const;
    // A key that sorts before those that had arrived.
    const key = { kind: 'claim', scope: '!', key: '!', fingerprint: 'body' } as const;
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, work, key } }));
    await store.close();
    const imported: number[] = [];
    const result = await runMove(
      { path, url },
      {
        wrap: ({ source, target }) => ({
          source,
          target: {
            ...target,
            importEvents(events) {
              imported.push(...events.map(({ position }) => position));
              return target.importEvents(events);
            },
          },
        }),
      },
    );
    expect(result).toMatchObject({ kind: 'moved', counts: { events: 17, keys: 4, openPayments: 4 } });
    expect(imported).toEqual([7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17]);
    const { reservations: _, ...rows } = movedContents(contentsOfFile(path));
    expect(await contentsOfDatabase(url)).toMatchObject(rows);
  });
});

describe('never are two truths served', () => {
  test('a store that is being served cannot be moved', async () => {
    await openSource(true);
    await expect(runMove({ path, url })).rejects.toMatchObject({ code: 'STORE_IN_USE' });
  });

  test('while a store is moved no other process can write into it', async () => {
    const tool = await openSource(false);
    const source = await openSqliteTransferSource({ path });
    onTestFinished(() => source.close());
    await expect(tool.events.append(exampleAppend(exampleId(1)))).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(openSource(true)).rejects.toMatchObject({ code: 'STORE_IN_USE' });
    expect(await tool.events.readAll({ after: 15, limit: 10 })).toHaveLength(1);
  });

  test('a target that is under way cannot be served, and the source can', async () => {
    await beginMove();
    await expect(openTarget()).rejects.toMatchObject({
      ...UNSUITABLE,
      message:
        `the PostgreSQL database is the target of a move from sqlite:${path} that is not finished: ` +
        'run the same migrate-store again, or drop this database and serve the source',
    });
    await (await openSource(true)).checkWritable();
  });

  test('a server that had the target open before it began can neither append nor charge', async () => {
    const server = await openTarget();
    await beginMove();
    await expect(server.events.append(exampleAppend(exampleId(1)))).rejects.toThrow();
    // A reader of the partly copied log on that server saved a checkpoint.
    await query(url, `insert into subscriptions values (0, 'mail 🎫', 2, null, 0, null, null)`);
    const taken: unknown[] = [];
    const take = { kind: 'charge', owner: 'me', now: 1e15, leaseUntil: 1e15 + 1, limit: 10 } as const;
    await runMove(
      { path, url },
      {
        wrap: ({ source, target }) => ({
          source,
          target: {
            ...target,
            // The payments are there by now, and the move is not finished.
            async finish(at) {
              taken.push(...(await server.work.take(take)));
              await target.finish(at);
            },
          },
        }),
      },
    );
    expect(taken).toEqual([]);
    expect(await server.work.gauge({ kind: 'charge' })).toMatchObject({ open: 3 });
    expect(await contentsOfDatabase(url)).toEqual(movedContents(contentsOfFile(path)));
  });

  test('a source that was moved cannot be served, and its tools can read but not write', async () => {
    const before = await openSource(false);
    await runMove({ path, url });
    await expect(openSource(true)).rejects.toMatchObject({
      ...UNSUITABLE,
      message: expect.stringContaining(`${path} was moved to postgres://127.0.0.1:`),
    });
    for (const tool of [before, await openSource(false)]) {
      expect(await tool.events.readAll({ after: 0, limit: 100 })).toHaveLength(16);
      await expect(tool.events.append(exampleAppend(exampleId(1)))).rejects.toMatchObject({
        ...UNSUITABLE,
        message: expect.stringContaining(`${path} takes no more work: the store was moved to postgres://127.0.0.1:`),
      });
      const take = tool.work.take({ kind: 'charge', owner: 'me', now: 1e15, leaseUntil: 1e15 + 1, limit: 10 });
      await expect(take).rejects.toMatchObject(UNSUITABLE);
    }
  });

  test('a move that is taken back as docs/operations.md says leaves a file that can be served and moved', async () => {
    const before = contentsOfFile(path);
    await runMove({ path, url });
    const page = await readFile(new URL('../../../../../docs/operations.md', import.meta.url), 'utf8');
    const [, statements = ''] = /^sqlite3 reservations\.db "(delete from store_moves;[^"]*)"$/m.exec(page) ?? [];
    change(path, statements);
    const store = await openSqliteStore({ path });
    await store.events.append(exampleAppend(exampleId(1), { events: [exampleEvent(1)] }));
    expect(
      await store.work.take({ kind: 'charge', owner: 'me', now: 1e15, leaseUntil: 1e15 + 1, limit: 10 }),
    ).toHaveLength(3);
    await store.close();
    change(path, 'delete from events where position = 17');
    url = await schemas.newSchema();
    expect(await runMove({ path, url })).toEqual({ kind: 'moved', counts: COUNTS });
    expect((await contentsOfDatabase(url))['events']).toEqual(before['events']);
  });

  test('a store is not moved to two places', async () => {
    const abandoned = url;
    await beginMove();
    url = await schemas.newSchema();
    await runMove({ path, url });
    const message = expect.stringMatching(/^sqlite:.* was moved to postgres:.* already$/);
    for (const elsewhere of [abandoned, await schemas.newSchema()]) {
      await expect(runMove({ path, url: elsewhere })).rejects.toMatchObject({ ...UNSUITABLE, message });
    }
  });

  test('two stores are not moved to one place', async () => {
    const other = await directories.newPath();
    await createSourceFile(other, 1);
    const empty = await directories.newPath();
    await (await openSqliteStore({ path: empty })).close();
    await beginMove();
    const message = expect.stringContaining('is of another store, or of a newer state of it');
    for (const wrong of [other, empty]) {
      await expect(runMove({ path: wrong, url })).rejects.toMatchObject({ ...UNSUITABLE, message });
    }
    await runMove({ path, url });
    await expect(runMove({ path: other, url })).rejects.toMatchObject({
      ...UNSUITABLE,
      message: expect.stringContaining(`holds the store that was moved from sqlite:${path}`),
    });
  });

  test.each(['an event', 'a subscription'])('a database that has %s is no target', async (what) => {
    const store = await openTarget();
    if (what === 'an event') await store.events.append(exampleAppend(exampleId(1)));
    else await query(url, `insert into subscriptions values (0, 'mail', 0, null, 0, null, null)`);
    await expect(runMove({ path, url })).rejects.toMatchObject({
      ...UNSUITABLE,
      message: expect.stringContaining('has something of its own: a store is moved into an empty database'),
    });
    await (await openSource(true)).checkWritable();
    await store.checkWritable();
  });
});

describe('a source that is not sound is not moved, and nothing is marked', () => {
  test.each([
    ["update events set data = replace(data, '1050', '1051') where position = 5", /position 5 .* checksum$/],
    ['delete from events where position = 5', /^position 5 is missing/],
    ['delete from due_work', /^the payment of RES-.* waits for a verdict and is not in the queue$/],
    [
      "insert into due_work select 0, 'charge', stream, 1, 0, 1, null, null from events where position = 1",
      /^the queue has a payment that has its verdict: the payment of RES-/,
    ],
    [
      "update idempotency_keys set scope = 'a' || char(0) where scope = 'z'",
      /^PostgreSQL cannot hold the idempotency key "order-2" of "a\\u0000"/,
    ],
  ])('%s', async (damage, message) => {
    change(path, damage);
    const before = contentsOfFile(path);
    await expect(runMove({ path, url })).rejects.toMatchObject({ message: expect.stringMatching(message) });
    expect(contentsOfFile(path)).toEqual(before);
    await expect(openTarget()).rejects.toMatchObject(UNSUITABLE);
    await openSource(true);
  });

  test('a path without a database is refused, and nothing is made', async () => {
    await expect(openSqliteTransferSource({ path: `${path}-missing` })).rejects.toMatchObject({
      code: 'INVALID_OPTION',
      message: `path: expected a database file that exists, found "${path}-missing"`,
    });
  });
});
