import { expect, test } from 'vitest';
import { runHere } from '../cli-fixture.ts';

/** The lines of some settings. */
async function lines(args: readonly string[], env: Record<string, string>, flags: readonly string[]): Promise<unknown> {
  const { code, out } = await runHere(['config', 'print', ...args], env);
  const found = out.split('\n').filter((line) => flags.some((flag) => line.startsWith(`${flag} `)));
  return [code, found.map((line) => line.replaceAll(/ +/g, ' '))];
}

test('each value comes with the flag, the variable or the default that gave it', async () => {
  const env = { PORT: '9000', RESERVATIONS_HOST: '0.0.0.0', RESERVATIONS_AUTH: 'none', RESERVATIONS_DRAIN_DELAY: '' };
  expect(
    await lines(['--port', '9001', '--json=false'], env, ['--host', '--port', '--drain-delay', '--base-path']),
  ).toEqual([
    0,
    ['--host 0.0.0.0 RESERVATIONS_HOST', '--port 9001 --port', '--drain-delay 0 default', '--base-path none default'],
  ]);
});

test.each([
  [['--db', 'postgres://ada:tops%40cret@db.example/shop?sslmode=verify-full'], {}, '--db'],
  [[], { DATABASE_URL: 'postgresql://ada:tops%40cret@db.example:6432/shop' }, 'DATABASE_URL'],
])('a password is in no output: %j %j', async (args, env, source) => {
  for (const json of [[], ['--json']]) {
    const { code, out, err } = await runHere(['config', 'print', ...args, ...json], env);
    expect([code, out + err]).toEqual([0, expect.not.stringMatching(/tops|cret/)]);
    expect(out).toContain('postgres://ada@db.example');
    expect(out).toContain(source);
  }
});

test('a URL with a password is masked in any setting that takes it', async () => {
  const { out } = await runHere(['config', 'print', '--sandbox', '--sandbox-ledger', 'https://ada:secret@x/ledger']);
  expect(out.replaceAll(/ +/g, ' ')).toContain('--sandbox-ledger *** --sandbox-ledger');
});

test('with the sandbox the database is the one that serve would use', async () => {
  expect(await lines(['--sandbox'], {}, ['--db', '--sandbox'])).toEqual([
    0,
    ['--db :memory: default', '--sandbox true --sandbox'],
  ]);
});

test('--json is one document, with the notes of a start', async () => {
  const env = { RESERVATIONS_DB_NOTIFY: 'true', RESERVATIONS_CORS_ORIGINS: 'https://a.example, https://b.example' };
  const { code, out } = await runHere(['config', 'print', '--json', '--port', '0'], env);
  const document = JSON.parse(out) as {
    readonly settings: readonly Record<string, unknown>[];
    readonly notes: unknown;
  };
  expect([code, document.notes]).toEqual([0, [expect.stringContaining('RESERVATIONS_DB_NOTIFY')]]);
  const shown = (flag: string): unknown => document.settings.find((setting) => setting['flag'] === flag);
  expect([shown('--port'), shown('--db'), shown('--cors-origins')]).toEqual([
    { flag: '--port', variables: ['PORT'], value: 0, source: '--port' },
    {
      flag: '--db',
      variables: ['RESERVATIONS_DB', 'DATABASE_URL'],
      value: './reservations.db',
      source: 'default',
    },
    {
      flag: '--cors-origins',
      variables: ['RESERVATIONS_CORS_ORIGINS'],
      value: 'https://a.example,https://b.example',
      source: 'RESERVATIONS_CORS_ORIGINS',
    },
  ]);
});

test('settings that serve refuses are refused here in the same words', async () => {
  const wrong = ['--port', '99999', '--db', 'mysql://x'];
  const { code, err } = await runHere(['config', 'print', ...wrong]);
  const served = await runHere(['serve', ...wrong]);
  expect([code, err]).toEqual([
    2,
    served.err.replace('see: reservations-server serve', 'see: reservations-server config print'),
  ]);
});
