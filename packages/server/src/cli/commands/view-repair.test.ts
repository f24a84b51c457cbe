import { DatabaseSync } from 'node:sqlite';
import { createReservations, type ReservationStore, type ReservationSummary } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { createDatabase } from '@reservations/test-postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { reserve, run, runHere, serve, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture } from '../database-fixture.ts';

const RESERVATIONS_BEFORE = 2_000;
const CLIENTS = 4;

/** A database, and access to it bypassing every store. */
interface Place {
  readonly db: string;
  open(): Promise<ReservationStore>;
  tamper(sql: string): Promise<void>;
}

async function sqliteFile(): Promise<Place> {
  return fileAt(await temporaryFile('reservations.db'));
}

function fileAt(path: string): Place {
  return {
    db: path,
    open: () => openSqliteStore({ path, exclusive: false }),
    async tamper(sql) {
      tamperFile(path, sql);
    },
  };
}

async function postgresDatabase(): Promise<Place> {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  return {
    db: database.url,
    open: () => openPostgresStore({ connectionString: database.url }),
    async tamper(sql) {
      await database.query(sql);
    },
  };
}

function tamperFile(path: string, sql: string): void {
  const database = new DatabaseSync(path);
  database.exec(sql);
  database.close();
}

async function withStore<Result>({ open }: Place, work: (store: ReservationStore) => Promise<Result>): Promise<Result> {
  const store = await open();
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

/** Fills the database with the engine; returns the ids. */
async function fill(store: ReservationStore): Promise<string[]> {
  const engine = createReservations({ store, gateway: createScriptedGateway() });
  const ids: string[] = [];
  for (let n = 0; n < RESERVATIONS_BEFORE; n += 100) {
    const users = Array.from({ length: 100 }, (_, index) => `user_${n + index}`);
    const made = users.map((userId) => engine.create({ userId, amount: '10.50', currency: 'EUR' }));
    for (const result of await Promise.all(made)) {
      if (result.kind === 'reservation') ids.push(result.reservation.reservationId);
    }
  }
  return ids;
}

async function allRows(store: ReservationStore): Promise<readonly ReservationSummary[]> {
  const rows: ReservationSummary[] = [];
  for (;;) {
    const after = rows.at(-1)?.reservationId ?? null;
    const { reservations, next } = await store.view.list({ by: null, order: 'asc', after, limit: 200 });
    rows.push(...reservations);
    if (next === null) return rows;
  }
}

/** Clients that reserve, and look at what was acknowledged, theirs and others', until they are stopped. */
function startLoad(url: string, acknowledged: string[]): { stop(): Promise<Load> } {
  const load: Load = { reserved: 0, surprises: [] };
  const stopping = new AbortController();
  async function get(id: string): Promise<void> {
    const response = await fetch(`${url}/reservations/${id}`);
    const { reservation_id } = (await response.json()) as { readonly reservation_id?: string };
    if (response.status !== 200 || reservation_id !== id) load.surprises.push(`GET ${id}: ${response.status}`);
  }
  async function client(first: number): Promise<void> {
    for (let n = first; !stopping.signal.aborted; n += CLIENTS) {
      const response = await reserve(url, `user_${n}`);
      const { reservation_id: id } = (await response.json()) as { readonly reservation_id?: string };
      if (response.status !== 200 || id === undefined) load.surprises.push(`POST: ${response.status}`);
      else {
        acknowledged.push(id);
        load.reserved += 1;
        await get(id);
      }
      await get(acknowledged[(n * 7_919) % acknowledged.length] ?? '');
    }
  }
  const clients = Array.from({ length: CLIENTS }, (_, index) => client(index));
  return {
    async stop() {
      stopping.abort();
      await Promise.all(clients);
      return load;
    },
  };
}

interface Load {
  reserved: number;
  readonly surprises: string[];
}

test('a damaged view is found by verify, and right after a repair', async () => {
  const { path, named, confirmed } = await createDatabaseFixture();
  tamperFile(
    path,
    `update reservations set summary = json_set(summary, '$.amountMinor', 1) where reservation_id = '${confirmed}'`,
  );
  const found = await runHere(['verify', '--db', path]);
  expect([found.code, named(found.out).split('\n')[0]]).toEqual([
    1,
    'view of RES-ada differs from its folded stream: amountMinor is 1, not 1050',
  ]);
  expect(await runHere(['view', 'repair', '--db', path])).toEqual({
    code: 0,
    out: 'Repaired up to position 9.\nThe view is right: 4 reservations checked, 1 row written, 0 rows removed in 0 ms.',
    err: '',
  });
  expect(await runHere(['verify', '--db', path])).toMatchObject({ code: 0 });
  expect(await runHere(['view', 'repair', '--db', path, '--json'])).toEqual({
    code: 0,
    out: '{"position":9,"reservations":4,"written":0,"removed":0,"duration_ms":0}',
    err: '',
  });
});

test('a damaged event ends a repair with its name; a repair behind it goes on', async () => {
  const { path, named, declined } = await createDatabaseFixture();
  const before = await withStore(fileAt(path), allRows);
  tamperFile(path, `update events set data = replace(data, 'Insufficient', 'Sufficient') where stream = '${declined}'`);
  tamperFile(path, "update reservations set summary = json_set(summary, '$.message', 'damaged')");
  const { code, out, err } = await runHere(['view', 'repair', '--db', path]);
  expect([code, out, named(err)]).toEqual([
    1,
    '',
    'reservations-server: the event at position 4 (stream RES-bob, version 2) does not match its checksum',
  ]);
  expect(await runHere(['view', 'repair', '--db', path, '--after', '4'])).toMatchObject({ code: 0 });
  const after = await withStore(fileAt(path), allRows);
  // Those that begin behind it.
  expect(after.slice(2)).toEqual(before.slice(2));
});

test('a database that is not there is not made', async () => {
  const path = await temporaryFile('never.db');
  const { code, err } = await runHere(['view', 'repair', '--db', path]);
  expect([code, err]).toEqual([1, expect.stringContaining(`There is no database at ${path}.`)]);
});

test.each([
  { kind: 'a SQLite file', make: sqliteFile },
  { kind: 'PostgreSQL', make: postgresDatabase },
])(
  'on $kind a server serves all the time, while a repair is killed and another one ends',
  { timeout: 120_000 },
  async ({ make }) => {
    const place = await make();
    const database = ['--db', place.db];
    const acknowledged = await withStore(place, fill);
    expect(acknowledged).toHaveLength(RESERVATIONS_BEFORE);
    await place.tamper(
      `update reservations set summary = replace(summary, '"message":"', '"message":"damaged ') where user_id = 'user_1' or user_id = 'user_1999'`,
    );
    await place.tamper(`delete from reservations where user_id = 'user_7'`);
    const [deleted] = acknowledged.splice(7, 1);
    const server = await serve('--sandbox', ...database);
    const load = startLoad(server.url, acknowledged);

    const killed = run(['view', 'repair', ...database]);
    await killed.untilOut(/^Repaired up to position \d+\.$/m);
    killed.kill('SIGKILL');
    expect(await killed.ended).toBe('SIGKILL');

    const repaired = run(['view', 'repair', ...database]);
    expect([await repaired.ended, repaired.err()]).toEqual([0, '']);
    expect((await fetch(`${server.url}/reservations/${deleted}`)).status).toBe(200);
    const { reserved, surprises } = await load.stop();
    expect(surprises).toEqual([]);
    expect(reserved).toBeGreaterThan(0);

    const verified = run(['verify', ...database]);
    expect([await verified.ended, verified.out()]).toEqual([0, expect.stringContaining('No fault was found.')]);
    const before = await withStore(place, allRows);
    expect(new Set(before.map(({ reservationId }) => reservationId))).toEqual(new Set([...acknowledged, deleted]));
    expect(await run(['view', 'repair', ...database]).ended).toBe(0);
    expect(await withStore(place, allRows)).toEqual(before);
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.out()).not.toMatch(/"level":"error"/);
  },
);
