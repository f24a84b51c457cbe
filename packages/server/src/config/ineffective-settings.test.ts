import { describe, expect, test } from 'vitest';
import { run } from '../cli/cli-fixture.ts';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { configNotes, readConfig } from './config.ts';

/** The faults, or the notes of a configuration without any. */
function told(args: readonly string[], env: Record<string, string> = {}): readonly string[] {
  const read = readConfig(SERVER_SETTINGS, { args, env });
  if (read.kind === 'faults') return read.faults.map((fault) => `fault: ${fault}`);
  return configNotes(SERVER_SETTINGS, read.values, { args, env });
}

const POSTGRES = 'postgres://host/shop';
const BESIDE = 'which starts a payment service of its own and uses that';

describe('settings without an effect', () => {
  test.each<[readonly string[], Record<string, string>, readonly string[]]>([
    [
      ['--sandbox', '--payment-host', 'pay', '--payment-port', '1'],
      {},
      [
        `fault: --payment-host: has no effect beside --sandbox, ${BESIDE}`,
        `fault: --payment-port: has no effect beside --sandbox, ${BESIDE}`,
      ],
    ],
    [
      ['--payment-port=1'],
      { RESERVATIONS_SANDBOX: 'true', PAYMENT_SERVICE_PORT: '2' },
      [`fault: --payment-port: has no effect beside RESERVATIONS_SANDBOX, ${BESIDE}`],
    ],
    [
      ['--sandbox'],
      { PAYMENT_SERVICE_HOST: 'pay', PAYMENT_SERVICE_PORT: 'tcp://10.0.0.1:50051' },
      [
        `PAYMENT_SERVICE_HOST: has no effect beside --sandbox, ${BESIDE}`,
        `PAYMENT_SERVICE_PORT: has no effect beside --sandbox, ${BESIDE}`,
      ],
    ],
    [['--trusted-proxies', '1'], {}, ['fault: --trusted-proxies: has no effect without --rate-limit']],
    [[], { RESERVATIONS_TRUSTED_PROXIES: '1' }, ['RESERVATIONS_TRUSTED_PROXIES: has no effect without --rate-limit']],
    [['--trusted-proxies', '1'], { RESERVATIONS_RATE_LIMIT: '1/s' }, []],
    [['--db-pool', '5'], {}, ['fault: --db-pool: has no effect without --db: the default is SQLite']],
    [['--db-notify', '--db', 'a.db'], {}, ['fault: --db-notify: has no effect on SQLite, which --db names']],
    [
      [],
      { RESERVATIONS_DB_POOL: '5', RESERVATIONS_DB_NOTIFY: 'true', DATABASE_URL: 'sqlite::memory:' },
      [
        'RESERVATIONS_DB_POOL: has no effect on SQLite, which DATABASE_URL names',
        'RESERVATIONS_DB_NOTIFY: has no effect on SQLite, which DATABASE_URL names',
      ],
    ],
    [
      [],
      { RESERVATIONS_SANDBOX_LEDGER: 'l' },
      ['fault: RESERVATIONS_SANDBOX_LEDGER: expected --sandbox with it, found "l" alone'],
    ],
  ])('%j with %j', (args, env, expected) => {
    expect(told(args, env)).toEqual(expected);
  });

  test.each<[readonly string[], Record<string, string>]>([
    [['--sandbox', '--payment-idempotency', 'none', '--payment-idle-timeout', '60000'], {}],
    [['--sandbox=false', '--payment-host', 'pay', '--payment-port', '1'], { RESERVATIONS_SANDBOX: 'true' }],
    [['--payment-host', 'pay'], { PAYMENT_SERVICE_PORT: '1' }],
    [['--db-pool', '5', '--db-notify', '--db', POSTGRES], {}],
    [['--db-pool', '5'], { DATABASE_URL: POSTGRES, RESERVATIONS_DB_NOTIFY: 'true' }],
    [['--db-notify=false'], { RESERVATIONS_DB_POOL: '', RESERVATIONS_SANDBOX: '' }],
    [['--sandbox', '--sandbox-ledger', 'l'], {}],
  ])('%j with %j all have one', (args, env) => {
    expect(told(args, env)).toEqual([]);
  });

  test('those that are wrong by themselves are told as that alone', () => {
    expect(told(['--sandbox=x', '--payment-host', 'pay', '--db-pool', '5', '--db', 'mysql:x'])).toEqual([
      expect.stringMatching(/^fault: --db: expected /),
      'fault: --sandbox: expected true or false, found "x"',
    ]);
  });

  test('a server starts with a note on a variable', async () => {
    const env = { RESERVATIONS_SANDBOX: 'true', PAYMENT_SERVICE_HOST: 'pay' };
    const server = run(['--port', '0'], env);
    await server.untilListening();
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.err()).toContain(
      `\n  note      PAYMENT_SERVICE_HOST: has no effect beside RESERVATIONS_SANDBOX, ${BESIDE}\n`,
    );
  });
});
