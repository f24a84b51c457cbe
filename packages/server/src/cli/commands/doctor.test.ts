import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type SandboxPaymentService, startSandboxPaymentService } from '@reservations/core/sandbox';
import { createDatabase } from '@reservations/test-postgres';
import { describe, expect, inject, onTestFinished, test } from 'vitest';
import type { Finding } from '../../compose/doctor/finding.ts';
import { createDatabaseFixture } from '../database-fixture.ts';
import { runHere, serve, temporaryFile } from '../cli-fixture.ts';

async function sandboxService(): Promise<{
  readonly sandbox: SandboxPaymentService;
  readonly args: readonly string[];
}> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  onTestFinished(() => sandbox.stop());
  return { sandbox, args: ['--payment-host', sandbox.host, '--payment-port', String(sandbox.port)] };
}

interface Examined {
  readonly code: number;
  readonly findings: readonly Finding[];
  readonly reservationIds: readonly string[];
}

async function examine(...args: readonly string[]): Promise<Examined> {
  const { code, out, err } = await runHere(['doctor', '--json', '--port', '0', ...args]);
  expect(err).toBe('');
  const { findings, reservation_ids: reservationIds } = JSON.parse(out) as {
    readonly findings: readonly Finding[];
    readonly reservation_ids: readonly string[];
  };
  return { code, findings, reservationIds };
}

/** Warnings and failures, but for those of the file system, which is that of the machine that runs the test. */
function troubles({ findings }: Examined): readonly (readonly [string, string])[] {
  return findings
    .filter(({ check, result }) => check !== 'database: mount' && (result === 'warning' || result === 'failed'))
    .map(({ check, result }) => [result, check] as const);
}

test('where a server can start and charge, nothing fails, nothing is made and nothing is charged', async () => {
  const { sandbox, args } = await sandboxService();
  const { path } = await createDatabaseFixture();
  const examined = await examine('--db', path, ...args);
  expect([examined.code, troubles(examined), examined.reservationIds]).toEqual([0, [], []]);
  expect(examined.findings.map(({ check }) => check)).toEqual([
    'node',
    'driver of SQLite',
    'database: directory',
    'database: mount',
    'database: schema',
    'database: file',
    'port',
    'payment service: name',
    'payment service: connection',
    'payment service: TLS',
    ...examined.findings.map(({ check }) => check).filter((check) => check.startsWith('contract: ')),
  ]);
  expect(sandbox.ledger()).toEqual([]);
});

test('with --really the contract is checked with test charges, which are listed', async () => {
  const { sandbox, args } = await sandboxService();
  const { path } = await createDatabaseFixture();
  const { code, reservationIds } = await examine('--db', path, '--really', ...args);
  const charged = sandbox.ledger().map(({ reservation_id }) => reservation_id);
  expect([code, charged.length > 0]).toEqual([0, true]);
  expect(reservationIds).toEqual(expect.arrayContaining(charged));
});

test('on PostgreSQL it reports reach, version, settings, encryption, clock, schema and rights', async () => {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const examined = await examine('--db', database.url, '--sandbox');
  const found = Object.fromEntries(examined.findings.map(({ check, result }) => [check, result]));
  expect([examined.code, found]).toMatchObject([
    0,
    {
      'database: reach': 'ok',
      'database: version': 'ok',
      'database: settings': 'ok',
      'database: encryption': expect.stringMatching(/^(ok|warning)$/),
      'database: clock': 'ok',
      'database: schema': 'warning',
      'database: rights': 'left-out',
    },
  ]);
  expect(troubles(await examine('--db', database.url, '--sandbox', '--require-schema'))).toContainEqual([
    'failed',
    'database: schema',
  ]);
});

describe('what fails', () => {
  test.each<[string, () => Promise<readonly string[]> | readonly string[], string]>([
    ['a database that is not reached', () => ['--db', 'postgres://ada:sesame@127.0.0.1:1/x'], 'database: reach'],
    ['a directory that is not there', () => ['--db', '/nowhere/reservations.db'], 'database: directory'],
    ['a file that is no database', () => ['--db', new URL(import.meta.url).pathname], 'database: schema'],
    ['a host that has no address', () => ['--payment-host', 'nowhere.invalid'], 'payment service: name'],
    [
      'a payment service that is not there',
      () => ['--payment-host', '127.0.0.1', '--payment-port', '1'],
      'payment service: connection',
    ],
    ['a host of another machine', () => ['--host', '192.0.2.1', '--auth', 'none'], 'port'],
    ['a port that another program uses', async () => ['--port', String(await otherProgram())], 'port'],
    [
      'a service that is no payment service',
      async () => ['--payment-host', '127.0.0.1', '--payment-port', String(await otherProgram())],
      'contract: the payment service is reached',
    ],
  ])('%s, is named with its remedy and without secrets, and the exit code is 1', async (_, args, check) => {
    const db = await temporaryFile('reservations.db');
    const given = await args();
    const sandbox = given.some((arg) => arg.startsWith('--payment')) ? [] : ['--sandbox'];
    const { code, findings } = await examine('--db', db, ...sandbox, ...given);
    const failures = findings.filter(({ result }) => result === 'failed');
    expect([code, failures.map((finding) => finding.check)]).toEqual([1, [check]]);
    expect(failures.every(({ remedy }) => remedy !== null && remedy !== '')).toBe(true);
    expect(JSON.stringify(findings)).not.toContain('sesame');
  });

  /** A server that is none of ours. */
  async function otherProgram(): Promise<number> {
    const server = createServer((_request, response) => void response.end('hello'));
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    onTestFinished(() => void server.close());
    return (server.address() as AddressInfo).port;
  }
});

test('beside a running server, its ports are in use as they should be', async () => {
  const server = await serve('--sandbox', '--metrics-port', '0');
  const metrics = await server.untilOut(/"metrics_url":"http:\/\/127\.0\.0\.1:(\d+)\//);
  const ports = ['--port', new URL(server.url).port, '--metrics-port', metrics[1] ?? ''];
  const { findings } = await examine('--sandbox', ...ports);
  expect(findings.filter(({ check }) => check.endsWith('port'))).toMatchObject([
    { check: 'port', result: 'ok' },
    { check: 'metrics port', result: 'ok' },
  ]);
  expect(troubles(await examine('--sandbox', '--metrics-port', new URL(server.url).port))).toContainEqual([
    'failed',
    'metrics port',
  ]);
});

test('the text names each finding, and its remedy below it', async () => {
  const { code, out } = await runHere(['doctor', '--sandbox', '--port', '0', '--db', '/nowhere/reservations.db']);
  expect([code, out.split('\n')]).toEqual([
    1,
    [
      expect.stringMatching(/^ok {8}node: \d+\.\d+\.\d+ on /),
      'ok        driver of SQLite: loads',
      'FAILED    database: directory: /nowhere does not exist',
      '          -> create it, or name another place: --db',
      'ok        port: a free port of 127.0.0.1',
      'left out  payment service: serve starts the sandbox; no money moves',
      '',
      '3 ok, 0 warnings, 1 failed, 1 left out.',
    ],
  ]);
});

test('settings that serve refuses are refused', async () => {
  expect((await runHere(['doctor', '--port', '99999'])).code).toBe(2);
});
