import Database from 'better-sqlite3';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { REBUILD_ROWS_MAX, type SwitchRequest } from '../../../ports/view-rebuild.ts';
import {
  exampleAppend,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories, startTestChild } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

const switchNow: SwitchRequest = { after: 0, project: () => exampleSummary(exampleId(1)), patienceMs: 1_000 };

async function open(path: string, exclusive: boolean = true): Promise<ReservationStore> {
  const store = await openSqliteStore({ path, exclusive });
  onTestFinished(() => store.close());
  return store;
}

/** Runs statements behind everybody's back. */
function inFile<Result>(path: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

/** Every table, index and view, as SQLite describes it. */
function schemaOf(path: string): unknown[] {
  return inFile(path, (file) =>
    file.prepare('select type, name, tbl_name, sql from sqlite_schema order by name').all(),
  );
}

async function rebuild(store: ReservationStore, token: string, rows: number): Promise<void> {
  const begun = await store.view.rebuild({ token, startedAt: 1 });
  for (let first = 1; first <= rows; first += REBUILD_ROWS_MAX) {
    const batch = Array.from({ length: Math.min(REBUILD_ROWS_MAX, rows - first + 1) }, (_, index) => first + index);
    await begun.put(batch.map((n) => exampleSummary(exampleId(n))));
  }
  expect(await begun.switchOver(switchNow)).toEqual({ kind: 'switched' });
}

describe('a rebuild of a SQLite file', () => {
  it('leaves the schema as it was, indexes included, however often it is done', async () => {
    const path = await directories.newPath();
    const store = await open(path);
    const before = schemaOf(path);
    expect(before).toContainEqual(expect.objectContaining({ type: 'index', tbl_name: 'reservations' }));
    for (const token of ['one', 'two', 'three']) {
      // More than one transaction removes.
      await rebuild(store, token, 2 * REBUILD_ROWS_MAX + 1);
      expect(schemaOf(path)).toEqual(before);
    }
    expect(inFile(path, (file) => file.prepare('select * from view_rebuilds').all())).toEqual([]);
  });

  it('removes what killed ones left: a version half built, one half removed, and a token', async () => {
    const path = await directories.newPath();
    const store = await open(path);
    const before = schemaOf(path);
    await rebuild(store, 'one', 3);
    const killed = await store.view.rebuild({ token: 'killed', startedAt: 1 });
    await killed.put([exampleSummary(exampleId(7), { version: 9, message: 'of the killed one' })]);
    inFile(path, (file) => file.exec('create table reservations_replaced as select * from reservations'));
    await rebuild(store, 'two', 2);
    expect(schemaOf(path)).toEqual(before);
    expect(await store.view.find(exampleId(7))).toBeNull();
  });

  it('does not put a table of its own definition into the schema of a newer release', async () => {
    const path = await directories.newPath();
    const store = await open(path);
    const begun = await store.view.rebuild({ token: 'one', startedAt: 1 });
    inFile(path, (file) => file.exec("insert into schema_migrations values (99, 'of a newer release')"));
    await expect(begun.switchOver(switchNow)).rejects.toMatchObject({ code: 'STORE_UNSUITABLE' });
  });

  it('leaves views of others on the read side as they are', async () => {
    const path = await directories.newPath();
    const store = await open(path);
    inFile(path, (file) => file.exec('create view mine as select reservation_id from reservations'));
    await rebuild(store, 'one', 3);
    expect(inFile(path, (file) => file.prepare('select * from mine').pluck().all())).toEqual([1, 2, 3].map(exampleId));
  });

  it('says that the file is in use while another process keeps its write lock, and switches later', async () => {
    const path = await directories.newPath();
    await (await openSqliteStore({ path })).close();
    const store = await openSqliteStore({ path, exclusive: false, busyTimeoutMs: 1 });
    onTestFinished(() => store.close());
    const begun = await store.view.rebuild({ token: 'one', startedAt: 1 });
    const other = new Database(path);
    onTestFinished(() => void other.close());
    other.exec('begin immediate');
    expect(await begun.switchOver(switchNow)).toEqual({ kind: 'busy' });
    other.exec('rollback');
    expect(await begun.switchOver(switchNow)).toEqual({ kind: 'switched' });
  });

  it('lets a process that serves the file go on with the statements that it has', async () => {
    const path = await directories.newPath();
    const child = startTestChild('appendForEver', path);
    onTestFinished(() => child.kill());
    await child.nextLine();
    const beside = await open(path, false);
    for (const token of ['one', 'two']) {
      const begun = await beside.view.rebuild({ token, startedAt: 1 });
      const project: SwitchRequest['project'] = (stream) =>
        exampleSummary(stream[0]?.stream as `RES-${string}`, { message: `by ${token}` });
      let switched = false;
      for (let after = 0; !switched;) {
        const page = await beside.events.readAll({ after, limit: 1_000 });
        const streams = new Set(page.map(({ stream }) => stream));
        const rows = [...streams].map((stream) =>
          exampleSummary(stream as `RES-${string}`, { message: `by ${token}` }),
        );
        for (let at = 0; at < rows.length; at += REBUILD_ROWS_MAX)
          await begun.put(rows.slice(at, at + REBUILD_ROWS_MAX));
        after += page.length;
        if (page.length < 1_000)
          switched = (await begun.switchOver({ ...switchNow, after, project })).kind === 'switched';
      }
      // What it acknowledges from now on was written into the new version; each number is a reservation.
      for (let lines = 0; lines < 50; lines += 1) {
        const n = Number(await child.nextLine());
        expect(await beside.view.find(exampleId(n))).not.toBeNull();
      }
    }
    await child.kill();
  });
});

describe('appends in the process that rebuilds', () => {
  it('share transactions with it, and are in the new view', async () => {
    const path = await directories.newPath();
    const store = await open(path);
    const begun = await store.view.rebuild({ token: 'one', startedAt: 1 });
    const append = (n: number): Promise<unknown> => {
      const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(exampleId(n)) };
      return store.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
    };
    const project: SwitchRequest['project'] = (stream) => exampleSummary(stream[0]?.stream as `RES-${string}`);
    await Promise.all([append(1), begun.switchOver({ ...switchNow, project }), append(2)]);
    await append(3);
    const { reservations } = await store.view.list({ userId: null, stage: null, after: null, limit: 10 });
    expect(reservations).toEqual([1, 2, 3].map((n) => exampleSummary(exampleId(n))));
  });
});
