import { DatabaseSync } from 'node:sqlite';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { beforeEach, describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { reserve, type Run, run, runHere, serve, temporaryFile } from '../cli-fixture.ts';
import { createDatabaseFixture } from '../database-fixture.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
});

/** The target as people see it. */
function shown(): string {
  const { username, host, pathname } = new URL(database.url);
  return `postgres://${username}@${host}${pathname}`;
}

async function move(from: string): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  const result = await runHere(['migrate-store', '--from', from, '--to', database.url]);
  expect(result.out + result.err).not.toContain(`:${new URL(database.url).password}@`);
  return result;
}

async function stop(server: Run): Promise<void> {
  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
}

describe('moving a store', () => {
  test('says what it does, and what came over; tools see the same on both sides', async () => {
    const { path, confirmed, escalated } = await createDatabaseFixture();
    const before = await runHere(['events', confirmed, '--db', path]);
    const { code, out, err } = await move(`sqlite:${path}`);
    expect([code, err.split('\n')]).toEqual([
      0,
      [
        'copying the events',
        'writing the view from the events',
        'copying the open payments',
        'comparing both databases',
      ],
    ]);
    expect(out).toBe(
      `Moved to ${shown()} in 0 ms, and compared: ` +
        '9 events of 4 reservations, 0 idempotency keys, 1 open payment, 0 checkpoints, 0 API keys.\n' +
        `Serve it with --db ${shown()} from now on. ${path} is a backup: it can be read, and not be served.`,
    );
    const warning = expect.stringMatching(/^warning: .* was moved to postgres:.* does not change any more\n?$/);
    for (const [db, err] of [
      [path, warning],
      [database.url, ''],
    ] as const) {
      expect(await runHere(['events', confirmed, '--db', db])).toEqual({ ...before, err });
      expect((await runHere(['verify', '--db', db])).out).toContain('No fault was found.');
    }
    const word = ['--not-charged', '--actor', 'Ada', '--reason', 'seen'];
    expect(await runHere(['payments', 'resolve', escalated, ...word, '--db', path])).toMatchObject({
      code: 1,
      err: expect.stringContaining('takes no more work: the store was moved to postgres://'),
    });
    const file = new DatabaseSync(path);
    file.exec("update reservations set user_id = 'eve'");
    file.close();
    expect(await runHere(['view', 'repair', '--db', path])).toMatchObject({
      code: 1,
      err: expect.stringContaining('takes no more work: the store was moved to postgres://'),
    });
    expect(await runHere(['payments', 'resolve', escalated, ...word, '--db', database.url])).toMatchObject({ code: 0 });
  });

  test('a program gets numbers, and once it was moved that is an answer', async () => {
    const { path } = await createDatabaseFixture();
    const args = ['migrate-store', '--from', path, '--to', database.url, '--json'];
    const moved = await runHere(args);
    expect([moved.code, moved.err]).toEqual([0, '']);
    expect(JSON.parse(moved.out)).toEqual({
      result: 'moved',
      events: 9,
      reservations: 4,
      keys: 0,
      open_payments: 1,
      checkpoints: 0,
      api_keys: 0,
      duration_ms: 0,
    });
    expect(JSON.parse((await runHere(args)).out)).toEqual({ result: 'moved-before' });
    const { err, out } = await runHere(['verify', '--db', path, '--json']);
    expect([JSON.parse(err), JSON.parse(out)]).toEqual([
      { warning: { message: expect.stringContaining('was moved to postgres:') } },
      expect.objectContaining({ faults: [] }),
    ]);
    expect(await move(path)).toMatchObject({ code: 0, out: expect.stringContaining('before; nothing was done.') });
  });

  test('what cannot be moved is said, and the exit code is 1', async () => {
    const { path } = await createDatabaseFixture();
    const missing = await temporaryFile('missing.db');
    expect(await move(missing)).toMatchObject({
      code: 1,
      err: expect.stringContaining(`a database file that exists, found "${missing}"`),
    });
    expect(await move(path)).toMatchObject({ code: 0 });
    const other = await createDatabaseFixture();
    expect(await move(other.path)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringContaining(`holds the store that was moved from sqlite:${path}`),
    });
  });

  test('wrong arguments are told without a password', async () => {
    expect(await runHere(['migrate-store', '--from', ':memory:', '--to', 'postgres//ada:secret@host/db'])).toEqual({
      code: 2,
      out: '',
      err:
        '--from: expected the path of a SQLite file, found ":memory:"\n' +
        '--to: expected a postgres:// URL, found "…"\nsee: reservations-server migrate-store --help',
    });
    expect((await runHere(['migrate-store', '--from', 'f', '--to', 'mysql://ada:secret@host/db'])).err).toBe(
      '--to: expected a postgres:// URL, found "mysql:…"\nsee: reservations-server migrate-store --help',
    );
    expect(await runHere(['migrate-store'])).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^--from: expected .*, found nothing\n--to: expected .*, found nothing\n/),
    });
  });
});

describe('a service whose store is moved', () => {
  test('refuses while it runs; afterwards keys and answers are what they were, and an open payment is charged once', async () => {
    const path = await temporaryFile('reservations.db');
    const sandbox = await startSandboxPaymentService({ ledgerPath: null });
    onTestFinished(() => sandbox.stop());
    const payments = ['--payment-host', sandbox.host, '--payment-port', String(sandbox.port)];
    const before = await serve('--db', path, ...payments);
    const users = ['user_123', 'user_decline_insufficient_funds'];
    const answers = new Map<string, string>();
    for (const user of users) {
      const made = await reserve(before.url, user, { 'Idempotency-Key': user });
      answers.set(user, await made.text());
    }
    const { reservation_id: id } = JSON.parse(answers.get('user_123') ?? '') as { readonly reservation_id: string };
    const read = await (await fetch(`${before.url}/reservations/${id}`)).text();
    expect(await move(path)).toMatchObject({ code: 1, err: expect.stringContaining('is already being served') });

    // Charged, and killed before the verdict is on disk: an open payment with the lease of a dead process.
    before.kill('SIGKILL');
    await before.ended;
    const dying = run(['--port', '0', '--db', path, ...payments], { RESERVATIONS_FAILPOINT: 'before-verdict-commit' });
    const lost = reserve(await dying.untilListening(), 'user_124', { 'Idempotency-Key': 'lost' }).catch(() => null);
    expect([await dying.ended, await lost]).toEqual(['SIGKILL', null]);
    expect(sandbox.ledger().filter(({ user_id }) => user_id === 'user_124')).toHaveLength(1);

    expect(await move(path)).toMatchObject({
      code: 0,
      out: expect.stringContaining(', 3 idempotency keys, 1 open pay'),
    });
    const refused = run(['--port', '0', '--db', path, ...payments]);
    expect([await refused.ended, refused.err()]).toEqual([
      1,
      expect.stringContaining(`${path} was moved to postgres:`),
    ]);

    const after = await serve('--db', database.url, ...payments);
    for (const user of users) {
      const again = await reserve(after.url, user, { 'Idempotency-Key': user });
      expect([again.headers.get('Idempotent-Replayed'), await again.text()]).toEqual(['true', answers.get(user)]);
    }
    expect(await (await fetch(`${after.url}/reservations/${id}`)).text()).toBe(read);
    await vi.waitFor(
      async () => {
        const settled = await reserve(after.url, 'user_124', { 'Idempotency-Key': 'lost' });
        expect(await settled.json()).toMatchObject({ status: 'RESERVATION_CONFIRMED' });
      },
      { timeout: 20_000, interval: 200 },
    );
    expect(sandbox.ledger().filter(({ user_id }) => user_id === 'user_124')).toHaveLength(1);
    expect((await runHere(['verify', '--db', database.url])).out).toContain('No fault was found.');
    await stop(after);
  });
});
