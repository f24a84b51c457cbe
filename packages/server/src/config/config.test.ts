import { readFileSync } from 'node:fs';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import { describe, expect, test } from 'vitest';
import { SANDBOX_SETTINGS } from '../cli/commands/sandbox/sandbox.ts';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { type Config, readConfig } from './config.ts';
import { describeDefault, type Settings, type SettingsRead, variablesOf } from './settings.ts';

const DEFAULTS: Config = {
  host: '127.0.0.1',
  port: 8000,
  auth: 'none',
  jwtIssuer: null,
  jwtAudience: null,
  jwtAlgorithms: null,
  jwtJwksUrl: null,
  jwtJwksFile: null,
  jwtJwksCacheMs: 600_000,
  jwtJwksCooldownMs: 30_000,
  jwtJwksTimeoutMs: 5_000,
  jwtClockToleranceMs: 5_000,
  tlsCert: null,
  tlsKey: null,
  db: { kind: 'sqlite', path: './reservations.db' },
  dbPool: 10,
  dbNotify: false,
  requireSchema: false,
  dataVolume: null,
  paymentHost: 'payment-service',
  paymentPort: 50_051,
  paymentTls: false,
  paymentCa: null,
  paymentCert: null,
  paymentKey: null,
  paymentServerName: null,
  paymentBalancing: 'pick-first',
  paymentIdempotency: 'by-reservation-id',
  paymentIdleTimeoutMs: 30_000,
  paymentConcurrency: 256,
  paymentQueue: 256,
  paymentUnknownOutcome: 'pending',
  sandbox: false,
  sandboxLedger: null,
  logLevel: 'info',
  bodyLimitBytes: 65_536,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 620_000,
  connectionsMax: 10_000,
  streamsMax: 2_000,
  shutdownTimeoutMs: 20_000,
  drainDelayMs: 0,
  corsOrigins: '*',
  rateLimit: null,
  trustedProxies: 0,
  basePath: '',
  metricsPort: null,
  metricsHost: null,
  healthStatus: 'loopback',
};

const IN_MEMORY = { kind: 'sqlite', path: ':memory:' };

const DATABASE = 'the path of a file, :memory:, sqlite: and one of these, or postgres://HOST/DATABASE';

function read(args: readonly string[], env: Record<string, string> = {}): SettingsRead<Config> {
  return readConfig(SERVER_SETTINGS, { args, env });
}

describe('settings of HTTP', () => {
  const base = 'a path such as /booking, without a slash at its end, and not below /reservations, /health or /docs';

  const rate = 'N/s, N/min or N/h, with N a whole number from 1 to 1000000';

  test.each([
    ['keep-alive-timeout', '75', 'a whole number from 1000 to 86400000'],
    ['keep-alive-timeout', '86400001', 'a whole number from 1000 to 86400000'],
    ['rate-limit', '100', rate],
    ['rate-limit', '0/s', rate],
    ['rate-limit', '1000001/h', rate],
    ['rate-limit', '1.5/min', rate],
    ['base-path', 'booking', base],
    ['base-path', '/booking/', base],
    ['base-path', '/reservations', base],
  ])('--%s %s is a fault', (flag, text, expected) => {
    expect(read([`--${flag}`, text])).toEqual({
      kind: 'faults',
      faults: [`--${flag}: expected ${expected}, found "${text}"`],
    });
  });

  test('more proxies than any deployment has are a fault', () => {
    const faults = ['--trusted-proxies: expected a whole number from 0 to 10, found "11"'];
    expect(read(['--rate-limit', '1/s', '--trusted-proxies', '11'])).toEqual({ kind: 'faults', faults });
  });

  test('are read from flags and variables', () => {
    const env = {
      RESERVATIONS_KEEP_ALIVE_TIMEOUT: '3700000',
      RESERVATIONS_CORS_ORIGINS: 'none',
      RESERVATIONS_RATE_LIMIT: '100/min',
    };
    const values = {
      ...DEFAULTS,
      keepAliveTimeoutMs: 3_700_000,
      corsOrigins: 'none',
      basePath: '/booking/v1',
      rateLimit: '100/min',
      trustedProxies: 2,
    };
    expect(read(['--base-path', '/booking/v1', '--trusted-proxies', '2'], env)).toEqual({ kind: 'values', values });
  });
});

describe('the configuration', () => {
  test('nothing given is every default', () => {
    expect(read([])).toEqual({ kind: 'values', values: DEFAULTS });
  });

  test('variables are read, empty ones are not', () => {
    const env = { PORT: '80', PAYMENT_SERVICE_HOST: 'pay', PAYMENT_UNKNOWN_OUTCOME: 'fail', LOG_LEVEL: '', HOST: 'x' };
    const values = { ...DEFAULTS, port: 80, paymentHost: 'pay', paymentUnknownOutcome: 'fail' };
    expect(read([], env)).toEqual({ kind: 'values', values });
  });

  test('a flag wins over its variable, even over a faulty one', () => {
    const env = { PORT: 'eighty', RESERVATIONS_SANDBOX: 'true' };
    const args = ['--port=0', '--db', ':memory:', '--payment-idempotency', 'none', '--log-level=silent'];
    const values = { port: 0, db: IN_MEMORY, paymentIdempotency: 'none', logLevel: 'silent', sandbox: true };
    expect(read(args, env)).toEqual({ kind: 'values', values: { ...DEFAULTS, ...values } });
  });

  test.each([
    ['INFO', 'info'],
    ['Debug', 'debug'],
    ['WARNING', 'warn'],
    ['CRITICAL', 'fatal'],
    ['NOTSET', 'trace'],
  ])('LOG_LEVEL=%s, as services in Python have it, is %s', (text, logLevel) => {
    expect(read([], { LOG_LEVEL: text })).toEqual({ kind: 'values', values: { ...DEFAULTS, logLevel } });
  });

  test('choices and switches are taken in any case', () => {
    const env = { PAYMENT_UNKNOWN_OUTCOME: 'Fail', RESERVATIONS_DB_NOTIFY: 'True', RESERVATIONS_SANDBOX: 'FALSE' };
    const values = { ...DEFAULTS, paymentUnknownOutcome: 'fail', dbNotify: true };
    expect(read([], env)).toEqual({ kind: 'values', values });
  });

  test.each<[string, readonly string[], Record<string, string>, string]>([
    ['nothing is kept', ['--sandbox'], {}, ':memory:'],
    ['nor with its variable', [], { RESERVATIONS_SANDBOX: 'true', RESERVATIONS_DB: '' }, ':memory:'],
    ['unless a flag names the database', ['--sandbox', '--db', './reservations.db'], {}, './reservations.db'],
    ['or RESERVATIONS_DB does', ['--sandbox'], { RESERVATIONS_DB: 'a.db' }, 'a.db'],
    ['or DATABASE_URL does', ['--sandbox'], { DATABASE_URL: 'b.db' }, 'b.db'],
  ])('with the sandbox %s', (_, args, env, db) => {
    expect(read(args, env)).toEqual({
      kind: 'values',
      values: { ...DEFAULTS, sandbox: true, db: { kind: 'sqlite', path: db } },
    });
  });

  test('every fault is told at once, with what was expected and what was found', () => {
    const args = ['--prot', '80', '--port', '65536', '--db=', '--sandbox=perhaps', '-x', 'extra', '--payment-host'];
    const env = { PAYMENT_SERVICE_PORT: '0', PAYMENT_IDEMPOTENCY: 'maybe', RESERVATIONS_BODY_LIMIT: '1e3' };
    expect(read(args, env)).toEqual({
      kind: 'faults',
      faults: [
        '--prot: no such option; did you mean --port?',
        'unexpected argument "80"',
        '-x: no such option',
        'unexpected argument "extra"',
        '--payment-host: expected a name or an address, without a scheme or a port, found nothing',
        '--port: expected a whole number from 0 to 65535, found "65536"',
        `--db: expected ${DATABASE}, found ""`,
        'PAYMENT_SERVICE_PORT: expected a whole number from 1 to 65535, found "0"',
        'PAYMENT_IDEMPOTENCY: expected one of by-reservation-id, none, found "maybe"',
        '--sandbox: expected true or false, found "perhaps"',
        'RESERVATIONS_BODY_LIMIT: expected a whole number from 1 to 262144, found "1e3"',
      ],
    });
  });

  test('a flag is never taken for the value of the one before it', () => {
    const faults = [`--db: expected ${DATABASE}, found nothing`];
    expect(read(['--db', '--sandbox'])).toEqual({ kind: 'faults', faults });
  });

  test.each(['http://x:1', 'x:1', 'x/y', '[::1]', 'fe80::1%eth0', 'a b'])('%s is no host', (host) => {
    const expected = 'a name or an address, without a scheme or a port';
    const faults = [`PAYMENT_SERVICE_HOST: expected ${expected}, found ${JSON.stringify(host)}`];
    expect(read([], { PAYMENT_SERVICE_HOST: host })).toEqual({ kind: 'faults', faults });
  });

  test.each(['x', 'payment-service.pay.svc.cluster.local', 'pay_1', '10.0.0.1', '::1'])(
    '%s is a host, for the gateway too',
    async (host) => {
      expect(read(['--payment-host', host])).toMatchObject({ kind: 'values', values: { paymentHost: host } });
      await createGrpcPaymentGateway({ host, port: 1 }).close();
    },
  );

  test.each(['file:x', 'file:///x?mode=ro', ' x', 'x '])('%j is no database, for the store neither', async (path) => {
    const faults = [`--db: expected ${DATABASE}, found ${JSON.stringify(path)}`];
    expect(read(['--db', path])).toEqual({ kind: 'faults', faults });
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
  });

  test.each<[string, string, string?]>([
    ['./a.db', './a.db'],
    ['C:\\data\\a.db', 'C:\\data\\a.db'],
    ['sqlite:./a.db', './a.db'],
    ['sqlite:/data/a.db', '/data/a.db'],
    ['sqlite::memory:', ':memory:'],
    ['SQLite:a.db', 'a.db'],
    [
      'postgres://ada:pw@host:5433/shop?sslmode=require',
      'postgres://ada:pw@host:5433/shop?sslmode=require',
      'postgres://ada@host:5433/shop',
    ],
    ['PostgreSQL://host/shop', 'postgresql://host/shop', 'postgres://host/shop'],
    [
      'postgres:///shop?host=/run/postgresql',
      'postgres:///shop?host=/run/postgresql',
      'postgres://%2Frun%2Fpostgresql/shop',
    ],
  ])('%s names the database %s, in each of the three ways, of which the first wins', (text, place, label) => {
    const db = label === undefined ? { kind: 'sqlite', path: place } : { kind: 'postgres', url: place, label };
    const values = { ...DEFAULTS, db };
    const other = 'mysql://ada:pw@host/x';
    expect(read(['--db', text], { RESERVATIONS_DB: other, DATABASE_URL: other })).toEqual({ kind: 'values', values });
    expect(read([], { RESERVATIONS_DB: text, DATABASE_URL: other })).toEqual({ kind: 'values', values });
    expect(read([], { RESERVATIONS_DB: '', DATABASE_URL: text })).toEqual({ kind: 'values', values });
  });

  test.each([
    ['mysql://ada:sesame@host/shop', '"mysql:…"'],
    ['mongodb+srv://ada:sesame@host/shop', '"mongodb+srv:…"'],
    ['postgres:sesame', '"postgres:…"'],
    ['postgres//ada:sesame@host/shop', '"…"'],
    ['//ada:sesame@host/shop', '"…"'],
    ['host=db user=ada password=sesame', '"…"'],
    ['sqlite:postgres://ada:sesame@host/shop', '"sqlite:…"'],
    ['sqlite:///data/a.db', '"sqlite:///data/a.db"'],
    ['postgres//db.internal/r', '"postgres//db.internal/r"'],
    ['sqlite///data/a.db', '"sqlite///data/a.db"'],
    ['sqlite:a.db#x', '"sqlite:a.db#x"'],
    ['sqlite:', '"sqlite:"'],
  ])('%s is no database, and its password is not shown', (text, found) => {
    const faults = [`DATABASE_URL: expected ${DATABASE}, found ${found}`];
    expect(read([], { DATABASE_URL: text })).toEqual({ kind: 'faults', faults });
    expect(JSON.stringify(read([text]))).not.toContain('sesame');
  });

  test.each([
    ['postgres://ada:ses ame@host/shop', ['a space or a control character has to be percent-encoded']],
    ['postgres://ada:sesame@host:port/shop', ['port: expected a whole number from 1 to 65535, found something else']],
    ['postgres://ada:sesame@host', ['names no database: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE']],
    ['postgres://ada:sesame@host/shop?sslMode=require', ['sslMode: no such parameter; did you mean sslmode?']],
    ['sqlite:a.db?mode=ro', ['a SQLite database has no parameters: expected the path alone']],
    ['a.db?mode=ro', ['a SQLite database has no parameters: expected the path alone']],
  ])('%s is refused with what is wrong with it, and its password is not shown', (text, found) => {
    const faults = found.map((fault) => `DATABASE_URL: ${fault}`);
    expect(read([], { DATABASE_URL: text })).toEqual({ kind: 'faults', faults });
  });

  test('a ledger of the sandbox needs the sandbox, and that is told with every other fault', () => {
    expect(read(['--sandbox-ledger', 'l', '--port', 'x'], {})).toEqual({
      kind: 'faults',
      faults: [
        '--port: expected a whole number from 0 to 65535, found "x"',
        '--sandbox-ledger: expected --sandbox with it, found "l" alone',
      ],
    });
    const values = { ...DEFAULTS, db: IN_MEMORY, sandbox: true, sandboxLedger: 'l' };
    const env = { RESERVATIONS_SANDBOX: 'true', RESERVATIONS_SANDBOX_LEDGER: 'l' };
    expect(read([], env)).toEqual({ kind: 'values', values });
  });

  test('no flag and no variable is used twice', () => {
    for (const settings of [SERVER_SETTINGS, SANDBOX_SETTINGS]) {
      const all = Object.values(settings);
      expect(new Set(all.map(({ flag }) => flag)).size).toBe(all.length);
      const variables = all.flatMap(variablesOf);
      expect(new Set(variables).size).toBe(variables.length);
    }
  });
});

describe('the faults of a sandbox', () => {
  test.each([
    ['replyLost=0.1,hang=0.01', { replyLost: 0.1, hang: 0.01 }],
    ['cut=1', { cut: 1 }],
    ['', undefined],
    ['cut', undefined],
    ['cut=2', undefined],
    ['cut=.5', undefined],
    ['explode=0.5', undefined],
  ])('%j is %j', (text, faults) => {
    expect(SANDBOX_SETTINGS.faults.parse(text)).toEqual(faults);
  });
});

test('metrics on the port of the API are refused', () => {
  const read = (...args: readonly string[]) => readConfig(SERVER_SETTINGS, { args, env: {} });
  expect(read('--port', '9464', '--metrics-port', '9464')).toEqual({
    kind: 'faults',
    faults: ['--metrics-port: expected another port than that of the API, found 9464'],
  });
  expect(read('--port', '0', '--metrics-port', '0').kind).toBe('values');
});

describe('docs/configuration.md', () => {
  test.each([
    ['serve', SERVER_SETTINGS],
    ['sandbox', SANDBOX_SETTINGS],
  ] as const)('the table of %s is the table of the code', (name, settings: Settings<object>) => {
    expect(documented(name)).toEqual(
      Object.values(settings).map((setting) => [
        setting.value === null ? `\`--${setting.flag}\`` : `\`--${setting.flag} ${setting.value}\``,
        variablesOf(setting)
          .map((variable) => `\`${variable}\``)
          .join(', '),
        `\`${describeDefault(setting)}\``,
        setting.description,
      ]),
    );
  });
});

/** Rows of the table between two markers, without its head. */
function documented(name: string): readonly (readonly string[])[] {
  const text = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8');
  const [, table = ''] = text.split(new RegExp(`<!-- /?${name} -->`));
  const rows = table.trim().split('\n').slice(2);
  return rows.map((row) =>
    row
      .split(/(?<!\\)\|/)
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('\\|', '|')),
  );
}
