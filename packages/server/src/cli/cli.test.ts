import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { reserve, type Run, run, runHere, serve, temporaryFile } from './cli-fixture.ts';
import { SAME_REQUEST_MS } from './process/stop-signal.ts';

describe('asking for help', () => {
  test('--help tells the commands and the settings', async () => {
    const { out, err, ended } = run(['--help']);
    expect([await ended, err()]).toEqual([0, '']);
    for (const text of ['serve', 'sandbox', '--port N', 'PAYMENT_SERVICE_HOST']) expect(out()).toContain(text);
  });

  test('a command has a help of its own', async () => {
    const { out, ended } = run(['sandbox', '--help']);
    expect([await ended, out().split('\n')[0]]).toEqual([0, 'Usage: reservations-server sandbox [OPTIONS]']);
  });

  test('--version tells the version', async () => {
    const { out, ended } = run(['--version']);
    expect([await ended, out()]).toEqual([0, `${manifest.version}\n`]);
  });
});

describe('wrong arguments', () => {
  test('every fault is told and nothing is started', async () => {
    const db = await temporaryFile('never.db');
    const { out, err, ended } = run(['--port', 'x', '--nonsense', '--db', db], { LOG_LEVEL: 'loud' });
    expect([await ended, out(), err()]).toEqual([
      2,
      '',
      '--nonsense: no such option\n' +
        '--port: expected a whole number from 0 to 65535, found "x"\n' +
        'LOG_LEVEL: expected one of fatal, error, warn, info, debug, trace, silent, found "loud"\n' +
        'see: reservations-server serve --help\n',
    ]);
  });

  test('what a part refuses is a fault like any other, and nothing is opened', async () => {
    const db = await temporaryFile('never.db');
    const { code, out, err } = await runHere(['--db', db], { RESERVATIONS_FAILPOINT: 'before-lunch' });
    expect([code, out, err.split('\n')]).toEqual([
      2,
      '',
      [
        expect.stringMatching(/^RESERVATIONS_FAILPOINT: expected one of .*, found "before-lunch"$/),
        'see: reservations-server serve --help',
      ],
    ]);
    expect(existsSync(db)).toBe(false);
  });

  test('settings that no part would take are told before anything is opened', async () => {
    const db = await temporaryFile('never.db');
    const { out, err, ended } = run(['--payment-host', 'http://x:1', '--sandbox-ledger', 'l', '--db', db]);
    expect([await ended, out(), err()]).toEqual([
      2,
      '',
      '--payment-host: expected a name or an address, without a scheme or a port, found "http://x:1"\n' +
        '--sandbox-ledger: expected --sandbox with it, found "l" alone\n' +
        'see: reservations-server serve --help\n',
    ]);
    expect(existsSync(db)).toBe(false);
  });

  test('an unknown command names those that there are', async () => {
    const { err, ended } = run(['frobnicate']);
    expect([await ended, err()]).toEqual([
      2,
      'frobnicate: no such command; there are: ' +
        'serve, sandbox, payments open, payments resolve, payments check, reconcile, find, events, ' +
        'subscriptions, subscriptions resume, keys create, keys list, keys revoke, verify, view repair, ' +
        'migrate up, migrate status, migrate print, migrate-store, config print, doctor\n',
    ]);
  });
});

describe('serving', () => {
  test('it reserves, logs, stops by SIGTERM with exit code 0, and has everything after a restart', async () => {
    const db = await temporaryFile('reservations.db');
    const first = await serve('--sandbox', '--db', db);
    const made = await reserve(first.url, 'user_123', { 'X-Request-Id': 'req-1', 'Idempotency-Key': 'k' });
    const reservation = (await made.json()) as Record<string, unknown>;
    expect([made.status, reservation['status']]).toEqual([200, 'RESERVATION_CONFIRMED']);
    const declined = await reserve(first.url, 'user_decline_insufficient_funds');
    expect([declined.status, await declined.json()]).toMatchObject([200, { status: 'RESERVATION_FAILED' }]);
    first.kill('SIGTERM');
    expect([await first.ended, first.err()]).toEqual([0, forPeople(first.url, db)]);
    const log = first.out().trimEnd().split('\n');
    expect(log.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { msg: 'listening', url: first.url },
      { msg: 'request', request_id: 'req-1', reservation_id: reservation['reservation_id'] },
      { msg: 'request' },
      { msg: 'stopping: no new work, requests under way end' },
      { msg: 'stopped' },
    ]);
    expect(first.out()).not.toContain('user_123');

    const second = await serve('--sandbox', '--db', db);
    const shown = await fetch(second.url + String(made.headers.get('location')));
    expect([shown.status, await shown.json()]).toEqual([200, reservation]);
    const again = await reserve(second.url, 'user_123', { 'Idempotency-Key': 'k' });
    expect([again.headers.get('idempotent-replayed'), await again.json()]).toEqual(['true', reservation]);
    second.kill('SIGINT');
    expect(await second.ended).toBe(0);
  });

  test.each([
    ['is loaded and told when one is named', { RESERVATIONS_FAILPOINT: 'before-send:9' }, true],
    ['is not even loaded otherwise', {}, false],
  ])('what kills the process for tests of crashes %s', async (_, env, expected) => {
    const tellModules = `import { registerHooks } from 'node:module';
      registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) });`;
    const NODE_OPTIONS = `--import=data:text/javascript,${encodeURIComponent(tellModules)}`;
    const server = run(['--port', '0', '--db', ':memory:'], { NODE_OPTIONS, ...env });
    await server.untilListening();
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
    expect(server.err()).toMatch(/\/server\/src\/http\/server\.ts$/m);
    expect([/\/failpoints\.ts$/m.test(server.err()), server.out().includes('"failpoint"')]).toEqual([
      expected,
      expected,
    ]);
  });

  test('a second server on the same file says so and exits with 1', async () => {
    const db = await temporaryFile('reservations.db');
    await serve('--sandbox', '--db', db);
    const second = run(['--port', '0', '--sandbox', '--db', db]);
    expect([await second.ended, second.out()]).toEqual([1, '']);
    expect(second.err()).toMatch(/^reservations-server: .*reservations\.db.*\n$/);
  });

  test('a port that is taken is named, and the exit code is 1', async () => {
    const taken = createServer();
    onTestFinished(() => void taken.close());
    await new Promise<void>((resolve) => {
      taken.listen(0, '127.0.0.1', resolve);
    });
    const { port } = taken.address() as AddressInfo;
    const second = run(['--port', String(port), '--sandbox', '--db', ':memory:']);
    expect(await second.ended).toBe(1);
    expect(second.err()).toBe(`reservations-server: cannot listen on 127.0.0.1:${port}: the port is in use\n`);
  });

  test('a database that cannot be opened is named, and the exit code is 1', async () => {
    const server = run(['--port', '0', '--sandbox', '--db', '/nowhere/at/all/reservations.db']);
    expect([await server.ended, server.out()]).toEqual([1, '']);
    expect(server.err()).toContain('/nowhere/at/all/reservations.db');
  });

  test('a payment service that is away is a 503 at once, and the server is ready', async () => {
    const server = await serve('--db', ':memory:', '--payment-host', '127.0.0.1', '--payment-port', '1');
    const answer = await reserve(server.url, 'user_123');
    expect([answer.status, await answer.json()]).toMatchObject([503, { code: 'payment_unavailable' }]);
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);
  });

  test('PAYMENT_UNKNOWN_OUTCOME=fail answers an unknown outcome as the old service did', async () => {
    const env = {
      PAYMENT_UNKNOWN_OUTCOME: 'fail',
      PORT: '0',
      RESERVATIONS_SANDBOX: 'true',
      RESERVATIONS_DB: ':memory:',
    };
    const server = run([], env);
    const url = await server.untilListening();
    const answer = await reserve(url, 'user_empty_reply');
    expect([answer.status, await answer.json()]).toMatchObject([503, { detail: { status: 'RESERVATION_FAILED' } }]);
  });

  test('a charge that does not end in time is answered with the truth, and the exit code is 0', async () => {
    const { server, answer } = await chargingForEver('--shutdown-timeout', '100');
    server.kill('SIGTERM');
    expect(await (await answer)?.json()).toMatchObject({ status: 'RESERVATION_CREATED' });
    expect([await server.ended, server.err()]).toEqual([
      0,
      forPeople(server.url, ':memory:, nothing is kept; --db FILE keeps it'),
    ]);
  });

  test('a second signal, later, ends it at once, with the code of the signal', async () => {
    const { server, answer } = await chargingForEver();
    server.kill('SIGTERM');
    await server.untilOut(/"stopping/);
    await setTimeout(SAME_REQUEST_MS + 100);
    server.kill('SIGTERM');
    expect([await server.ended, await answer]).toEqual([143, null]);
  });
});

/** What a server says on standard error when it begins to listen, and nothing else. */
function forPeople(url: string, db: string): unknown {
  return expect.stringMatching(
    new RegExp(
      `^listening on ${url}\n  API .*\n  docs .*\n  health .*\n  database  ${db}\n  payments .*\n  try .*\n  help .*\n$`,
    ),
  );
}

/** A server with a charge under way that gets no answer. */
async function chargingForEver(
  ...args: readonly string[]
): Promise<{ readonly server: Run & { readonly url: string }; readonly answer: Promise<Response | null> }> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  onTestFinished(() => sandbox.stop());
  const { host, port } = sandbox;
  const server = await serve('--db', ':memory:', '--payment-host', host, '--payment-port', String(port), ...args);
  const answer = reserve(server.url, 'user_timeout').catch(() => null);
  await vi.waitFor(() => expect(sandbox.calls().length).toBe(1), { timeout: 20_000 });
  return { server, answer };
}

describe('the sandbox alone', () => {
  test('a server charges through it, and it stops by SIGTERM with exit code 0', async () => {
    const ledger = await temporaryFile('ledger.jsonl');
    const sandbox = run(['sandbox', '--port', '0', '--ledger', ledger]);
    const [, port = ''] = await sandbox.untilOut(/^listening on 127\.0\.0\.1:(\d+)$/m);
    const server = await serve('--db', ':memory:', '--payment-host', '127.0.0.1', '--payment-port', port);
    expect((await reserve(server.url, 'user_123')).status).toBe(200);
    sandbox.kill('SIGTERM');
    expect([await sandbox.ended, sandbox.err()]).toEqual([0, '']);
  });
});
