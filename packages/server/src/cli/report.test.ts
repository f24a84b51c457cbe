import { describe, expect, test } from 'vitest';
import { run, runHere, temporaryFile } from './cli-fixture.ts';
import { createDatabaseFixture } from './database-fixture.ts';
import { wantsJson } from './report.ts';
import { COMMANDS } from './run.ts';

/** The one object on standard error, with its exit code; standard output has to be empty. */
async function failure(...args: readonly string[]): Promise<{ readonly code: number; readonly error: unknown }> {
  const { code, out, err } = await runHere(args);
  expect([out, err.split('\n').length]).toEqual(['', 1]);
  const { error, ...others } = JSON.parse(err) as { readonly error: unknown };
  expect(others).toEqual({});
  return { code, error };
}

const see = (command: string): string =>
  `The arguments or the environment are wrong; see: reservations-server ${command} --help`;

describe('an error under --json', () => {
  test.each(COMMANDS.map(({ name }) => name))('%s tells wrong arguments', async (name) => {
    const { code, error } = await failure(...name.split(' '), '--nonsense', '--json');
    expect([code, error]).toMatchObject([2, { code: 'invalid_usage', message: see(name) }]);
    expect(error).toHaveProperty('faults', expect.arrayContaining(['--nonsense: no such option']));
  });

  test.each(COMMANDS.filter(({ settings }) => 'json' in settings).map(({ name }) => name))(
    '%s tells a database that is not there, a service that cannot be, or what is missing',
    async (name) => {
      const { code, error } = await failure(
        ...name.split(' '),
        ...(name.startsWith('payments check') ? ['--host', 'http://x'] : []),
        ...(name.startsWith('migrate-store') ? ['--from', '/nowhere/x.db', '--to', 'postgres://127.0.0.1:1/x'] : []),
        ...(name === 'config print' || name === 'doctor' ? ['--port', 'x'] : []),
        ...(name === 'migrate status' ? ['--db', 'postgres://ada:sesame@127.0.0.1:1/x'] : []),
        '--json',
      );
      expect(code).toBeGreaterThan(0);
      expect(error).toEqual(
        expect.objectContaining({ code: expect.stringMatching(/^[a-z_]+$/), message: expect.any(String) }),
      );
      expect(JSON.stringify(error)).not.toContain('sesame');
    },
  );

  test('words that make no command', async () => {
    const message = 'payments resolv: no such command; did you mean payments resolve? see: reservations-server --help';
    expect(await failure('payments', 'resolv', '--json')).toEqual({
      code: 2,
      error: { code: 'unknown_command', message },
    });
    expect(await failure('view', '--json')).toEqual({
      code: 2,
      error: { code: 'unknown_command', message: 'view: expected one of its commands: view repair' },
    });
    expect(await failure('frobnicate', '--json')).toMatchObject({ code: 2, error: { code: 'unknown_command' } });
  });

  test('a database that is not there, and a reservation that is not in it', async () => {
    const db = await temporaryFile('never.db');
    expect(await failure('verify', '--db', db, '--json')).toEqual({
      code: 1,
      error: { code: 'database_not_found', message: `There is no database at ${db}. --db names it; nothing was made.` },
    });
    const { path } = await createDatabaseFixture();
    const other = await failure('events', 'RES-019b0000-0000-7000-8000-000000000001', '--db', path, '--json');
    expect(other).toMatchObject({ code: 1, error: { code: 'reservation_not_found' } });
  });

  test('a refused finding, and a refused resume', async () => {
    const { path, confirmed } = await createDatabaseFixture();
    const finding = ['--not-charged', '--actor', 'Ada', '--reason', 'seen'];
    expect(await failure('payments', 'resolve', confirmed, ...finding, '--db', path, '--json')).toMatchObject({
      code: 1,
      error: { code: 'finding_contradicts', message: expect.stringContaining('Nothing was changed.') },
    });
    expect(await failure('subscriptions', 'resume', 'seats', '--db', path, '--json')).toEqual({
      code: 1,
      error: { code: 'subscription_not_found', message: 'There is no subscription seats. Nothing was changed.' },
    });
  });

  test('an export that cannot be read', async () => {
    const { error } = await failure('reconcile', '--ledger', '/nowhere/ledger.jsonl', '--json');
    expect(error).toMatchObject({ code: 'invalid_usage', faults: [expect.stringContaining('/nowhere/ledger.jsonl')] });
  });

  test('a process writes nothing else', async () => {
    const { out, err, ended } = run(['events', 'RES-1', '--json'], { RESERVATIONS_DB: '/nowhere/x.db' });
    expect([await ended, out(), JSON.parse(err())]).toMatchObject([2, '', { error: { code: 'invalid_usage' } }]);
  });
});

test.each([
  [['--json'], true],
  [['payments', 'open', '--json=true'], true],
  [['--json=false'], false],
  [['--reason', 'json'], false],
  [[], false],
])('%j asks for JSON: %s', (args, expected) => {
  expect(wantsJson(args)).toBe(expected);
});
