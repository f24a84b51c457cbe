import Database from 'better-sqlite3';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createManualRuntime } from '../../../testing/manual-runtime.ts';
import { exampleAppend, exampleId, exampleSummary, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories, startTestChild } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

const { newUuid } = createManualRuntime();

/** Runs statements bypassing the store. */
function inFile<Result>(path: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

describe('a repair of a SQLite file', () => {
  test('beside the process that serves it loses no append, and the process goes on', async () => {
    const path = await directories.newPath();
    const child = startTestChild('appendForEver', path);
    onTestFinished(() => child.kill());
    await child.nextLine();
    const beside = await openSqliteStore({ path, exclusive: false });
    onTestFinished(() => beside.close());
    for (let round = 0; round < 20; round += 1) {
      const end = await beside.events.lastPosition();
      const page = await beside.events.readAll({ after: Math.max(0, end - 200), limit: 200 });
      const ids = new Set(page.filter(({ version }) => version === 1).map(({ stream }) => stream as `RES-${string}`));
      // Each stream has two events, and the row that its append wrote says 1.
      const rows = [...ids].map((id) => exampleSummary(id, { version: 2, message: `repaired ${newUuid()}` }));
      expect(await beside.repair.put(rows)).toBe(rows.length);
      for (const row of rows) expect(await beside.view.find(row.reservationId)).toEqual(row);
    }
    for (let lines = 0; lines < 50; lines += 1) {
      const n = Number(await child.nextLine());
      expect(await beside.view.find(exampleId(n))).not.toBeNull();
    }
    await child.kill();
  });

  test('waits for the write lock of another process, and says that the file is in use', async () => {
    const path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    const store = await openSqliteStore({ path, exclusive: false, busyTimeoutMs: 1 });
    onTestFinished(() => store.close());
    const inlineWrites = { ...NOTHING_ALONGSIDE, summary: null };
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites }));
    const other = new Database(path);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    const row = exampleSummary(exampleId(1));
    await expect(store.repair.put([row])).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    other.exec('rollback');
    expect(await store.repair.put([row])).toBe(1);
    expect(await store.view.find(exampleId(1))).toEqual(row);
  });

  test('leaves the views of others on the read side as they are', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    onTestFinished(() => store.close());
    inFile(path, (file) => file.exec('create view mine as select reservation_id from reservations'));
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, summary: null } }));
    expect(await store.repair.put([exampleSummary(exampleId(1))])).toBe(1);
    expect(inFile(path, (file) => file.prepare('select * from mine').pluck().all())).toEqual([exampleId(1)]);
  });
});
