import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createReservations, type Reservations, type ReservationStore } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { openPostgresStore } from '@reservations/core/postgres';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { createDatabase } from '@reservations/test-postgres';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import { run, runHere, temporaryFile } from '../../cli-fixture.ts';
import { createDatabaseFixture } from '../../database-fixture.ts';
import { followLog } from './follow-log.ts';

const MAIN = fileURLToPath(new URL('../../../main.ts', import.meta.url));

/** A store in which a server makes reservations, of two events each. */
interface Served {
  readonly db: readonly string[];
  make(): Promise<string>;
}

async function servedBy(store: ReservationStore, address: string): Promise<Served> {
  onTestFinished(() => store.close());
  const reservations: Reservations = createReservations({ store, gateway: createScriptedGateway() });
  return {
    db: ['--db', address],
    async make() {
      const made = await reservations.create({ userId: 'ada', amount: '10.50', currency: 'EUR' });
      if (made.kind !== 'reservation') throw new Error(made.kind);
      return made.reservation.reservationId;
    },
  };
}

async function onSqlite(): Promise<Served> {
  const path = await temporaryFile('reservations.db');
  return await servedBy(await openSqliteStore({ path }), path);
}

async function onPostgres(): Promise<Served> {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const { url } = database;
  return await servedBy(await openPostgresStore({ connectionString: url }), url);
}

/** Lines that were printed, as JSON. */
function linesOf(out: string): readonly Record<string, unknown>[] {
  return out
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe.each([
  ['SQLite', onSqlite],
  ['PostgreSQL', onPostgres],
])('events --follow on %s', (_name, start) => {
  test('prints what is behind a position, then what happens, and ends by a signal with exit code 0', async () => {
    const { db, make } = await start();
    const ids = [await make(), await make()];
    const follower = run(['events', '--follow', '--after', '1', '--json', ...db]);
    await follower.untilOut(/"position":4,/);
    ids.push(await make());
    await follower.untilOut(/"position":6,.*\n/);
    follower.kill('SIGTERM');
    expect([await follower.ended, follower.err()]).toEqual([0, '']);
    const lines = linesOf(follower.out());
    expect(lines.map(({ position, reservation_id }) => [position, reservation_id])).toEqual([
      [2, ids[0]],
      [3, ids[1]],
      [4, ids[1]],
      [5, ids[2]],
      [6, ids[2]],
    ]);
    // As the command prints the events of one reservation.
    const { out } = await runHere(['events', String(ids[2]), '--json', ...db]);
    const { events } = JSON.parse(out) as { readonly events: readonly object[] };
    expect(lines.slice(3)).toEqual(events.map((event) => ({ reservation_id: ids[2], ...event })));
  });

  test('prints lines of text from now on, of one reservation alone when it is named', async () => {
    const { db, make } = await start();
    await make();
    const first = await make();
    const all = run(['events', '--follow', ...db]);
    const one = run(['events', first, '--follow', '--after', '0', ...db]);
    await one.untilOut(/CONFIRMED.*\n/);
    // That it has begun shows only by what it prints.
    await expect.poll(async () => (await make(), all.out())).toContain('CREATED');
    all.kill('SIGINT');
    one.kill('SIGINT');
    expect([await all.ended, await one.ended]).toEqual([0, 0]);
    expect(all.out()).toMatch(
      /^\d+ {2}\d{4}-\S+Z {2}RES-\S+ {2}1 {2}RESERVATION_CREATED {4}\S+ {2}10\.50 EUR of ada$/m,
    );
    expect(all.out()).not.toContain(first);
    const reservations = one
      .out()
      .split('\n')
      .flatMap((line) => /RES-\S+/.exec(line)?.[0] ?? []);
    expect(reservations).toEqual([first, first]);
  });
});

describe('a follower whose reader', () => {
  test('has ended ends with exit code 0 and without a word', async () => {
    const { db, make } = await onSqlite();
    await make();
    await make();
    const args = ['--conditions=@reservations/source', MAIN, 'events', '--follow', '--after', '0', ...db];
    const follower = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    onTestFinished(() => void follower.kill('SIGKILL'));
    let err = '';
    follower.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    const exited = once(follower, 'exit');
    await once(follower.stdout, 'data');
    follower.stdout.destroy();
    await make();
    expect([await exited, err]).toEqual([[0, null], '']);
  });

  test('stands still is waited for, line by line, and does not hold up the end', async () => {
    const store = createMemoryStore();
    const { make } = await servedBy(store, ':memory:');
    await make();
    await make();
    const stop = new AbortController();
    const lines: string[] = [];
    let takes = Promise.withResolvers<void>();
    const context = {
      json: false,
      print: (line: string) => void lines.push(line),
      printed: () => takes.promise,
      outputLost: new AbortController().signal,
      printError: fail,
      stopSignal: fail,
      terminalColumns: fail,
      env: {},
    };
    const request = { reservationId: null, after: 0, json: false, stop: stop.signal };
    const followed = followLog(store, request, context);
    await expect.poll(() => lines.length).toBe(1);
    const { resolve } = takes;
    takes = Promise.withResolvers();
    resolve();
    await expect.poll(() => lines.length).toBe(2);
    await store.events.lastPosition();
    expect(lines).toHaveLength(2);
    stop.abort();
    expect(await followed).toEqual({ kind: 'answer', text: [] });
  });
});

function fail(): never {
  throw new Error('not asked');
}

describe('refuses', () => {
  test.each([
    [['--after', '1', 'RES-019b0000-0000-7000-8000-000000000001'], '--after: has no effect without --follow'],
    [['--follow', '--after', '-1'], '--after: expected the position of an event, or 0, found "-1"'],
    [['--follow', '--after', 'now'], '--after: expected the position of an event, or 0, found "now"'],
    [['--follow', 'RES-1'], 'expected the id of a reservation, RES-…, found RES-1'],
    [[], 'expected the id of a reservation, RES-…, or --follow'],
  ])('%j as a fault of usage', async (args, fault) => {
    const { path } = await createDatabaseFixture();
    const err = `${fault}\nsee: reservations-server events --help`;
    expect(await runHere(['events', ...args, '--db', path])).toEqual({ code: 2, out: '', err });
  });

  test('a position that the log does not have', async () => {
    const { path } = await createDatabaseFixture();
    expect(await runHere(['events', '--follow', '--after', '99', '--db', path])).toEqual({
      code: 1,
      out: '',
      err: '--after: expected a position of the log, which ends at 9, found 99',
    });
  });
});
