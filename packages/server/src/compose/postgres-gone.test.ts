// Servers in processes of their own, and a PostgreSQL of their own that goes away in every way that there is.
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { type SandboxPaymentService, startSandboxPaymentService } from '@reservations/core/sandbox';
import { createDatabase, type PostgresServer, startPostgres } from '@reservations/test-postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { reserve, type Run, run, runHere, serve, temporaryFile } from '../cli/cli-fixture.ts';

/** How long a client waits for an answer before it calls that none: long, as the machine may be busy. */
const PATIENCE_MS = 60_000;
const TEST_TIMEOUT_MS = 180_000;

let postgres: PostgresServer;
let payments: SandboxPaymentService;
let db: string;
beforeAll(async () => {
  postgres = await startPostgres();
  payments = await startSandboxPaymentService({ ledgerPath: null });
  db = (await createDatabase(postgres.url)).url;
});
afterAll(async () => {
  await payments.stop();
  await postgres.remove();
});

type Server = Run & { readonly url: string };

function startServer(): Promise<Server> {
  return serve('--db', db, '--payment-host', payments.host, '--payment-port', String(payments.port));
}

/** What of an answer matters here. */
interface Answer {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly body: Record<string, unknown>;
}

async function ask(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(PATIENCE_MS) });
  const body = (await response.json()) as Record<string, unknown>;
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

async function post({ url }: Server, user_id: string, key: string): Promise<Answer> {
  const headers = { 'Content-Type': 'application/json', 'Idempotency-Key': key.replaceAll(' ', '-') };
  const body = JSON.stringify({ user_id, amount: 10.5 });
  return await ask(`${url}/reservations`, { method: 'POST', headers, body });
}

async function chargesOf(userId: string): Promise<readonly string[]> {
  return payments
    .ledger()
    .filter(({ user_id, result }) => user_id === userId && result === 'charged')
    .map(({ reservation_id }) => reservation_id);
}

/** Nothing is open any more, and the books agree with the ledger of the payment service. */
async function untilBooksAgree(): Promise<void> {
  await vi.waitFor(
    async () => {
      const { code, out } = await runHere(['payments', 'open', '--db', db]);
      expect([code, out]).toEqual([0, 'Every payment has its verdict.']);
    },
    { timeout: 90_000, interval: 500 },
  );
  const ledger = await temporaryFile('ledger.jsonl');
  await writeFile(
    ledger,
    payments
      .ledger()
      .map((entry) => `${JSON.stringify(entry)}\n`)
      .join(''),
  );
  expect(await runHere(['reconcile', '--ledger', ledger, '--db', db])).toMatchObject({
    code: 0,
    out: expect.stringContaining('they agree') as string,
  });
}

const UNAVAILABLE: Answer = {
  status: 503,
  retryAfter: '1',
  body: expect.objectContaining({ code: 'store_unavailable', status: 503 }) as Record<string, unknown>,
};

interface Outage {
  begin(): Promise<void>;
  end(): Promise<void>;
}

const OUTAGES: readonly (readonly [string, Outage])[] = [
  ['refuses connections', { begin: () => postgres.stop(), end: () => postgres.start() }],
  ['says nothing any more', { begin: () => postgres.freeze(), end: () => postgres.thaw() }],
];

describe.each(OUTAGES)('a PostgreSQL that %s', (name, outage) => {
  test('is answered with 503 for as long, and service goes on by itself', { timeout: TEST_TIMEOUT_MS }, async () => {
    const server = await startServer();
    const before = await post(server, `user_before ${name}`, `before ${name}`);
    expect(before.status).toBe(200);
    const shown = `${server.url}/reservations/${String(before.body['reservation_id'])}`;

    await outage.begin();
    // Twice: on connections from before, and on those that it now tries to make.
    for (const round of [1, 2]) {
      const live = await ask(`${server.url}/health/live`);
      expect(live).toEqual({ status: 200, retryAfter: null, body: { status: 'alive' } });
      const answers = await Promise.all([
        ask(shown),
        post(server, `user_during ${name}`, `during ${name} ${round}`),
        ask(`${server.url}/health/ready`),
        ask(`${server.url}/health/live`),
      ]);
      const notReady = { status: 503, retryAfter: null, body: { status: 'unavailable' } };
      expect(answers).toEqual([UNAVAILABLE, UNAVAILABLE, notReady, live]);
    }
    expect(await chargesOf(`user_during ${name}`)).toEqual([]);
    await outage.end();

    await vi.waitFor(async () => expect((await ask(`${server.url}/health/ready`)).status).toBe(200), {
      timeout: PATIENCE_MS,
      interval: 200,
    });
    expect(await ask(shown)).toEqual({ status: 200, retryAfter: null, body: before.body });
    // The same keys again make each reservation at last, or find what was made of it after all.
    for (const round of [1, 2]) {
      await vi.waitFor(
        async () =>
          expect((await post(server, `user_during ${name}`, `during ${name} ${round}`)).body).toMatchObject({
            status: 'RESERVATION_CONFIRMED',
          }),
        { timeout: 60_000, interval: 500 },
      );
    }
    await untilBooksAgree();
    const charged = await chargesOf(`user_during ${name}`);
    expect([charged.length, new Set(charged).size]).toEqual([2, 2]);
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });

  test(
    'after the charge leaves an answer with the reservation, which is settled afterwards, charged once',
    { timeout: TEST_TIMEOUT_MS },
    async () => {
      const server = await startServer();
      // The first attempt gets no answer in its 5 s, in which the database goes away.
      const user = `user_charged_late ${name}`;
      const calls = (): number => payments.calls().length;
      const earlier = calls();
      const answer = post(server, user, `late ${name}`);
      await vi.waitFor(() => expect(calls()).toBe(earlier + 1), { timeout: PATIENCE_MS, interval: 20 });
      await outage.begin();
      expect(await answer).toMatchObject({ status: 202, body: { status: 'RESERVATION_CREATED' } });
      expect(await chargesOf(user)).toHaveLength(1);
      await outage.end();

      const shown = `${server.url}/reservations/${String((await answer).body['reservation_id'])}`;
      await vi.waitFor(async () => expect((await ask(shown)).body).toMatchObject({ status: 'RESERVATION_CONFIRMED' }), {
        timeout: 90_000,
        interval: 500,
      });
      await untilBooksAgree();
      expect(await chargesOf(user)).toHaveLength(1);
      server.kill('SIGTERM');
      expect(await server.ended).toBe(0);
    },
  );

  test('does not keep a server from stopping in good order', { timeout: TEST_TIMEOUT_MS }, async () => {
    const server = await startServer();
    expect((await ask(`${server.url}/health/ready`)).status).toBe(200);
    await outage.begin();
    onTestFinished(() => outage.end());
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  });
});

describe('a server that finds no PostgreSQL at its start', () => {
  test.each([
    ['no process listens', async () => 1],
    ['no process answers', listenAndSayNothing],
  ])('says so in one line, without the password, and exits with 1: %s', async (_, port) => {
    const url = `postgres://ada:sesame@127.0.0.1:${await port()}/shop`;
    const server = run(['--port', '0', '--sandbox', '--db', url]);
    expect([await server.ended, server.out()]).toEqual([1, '']);
    expect(server.err()).toMatch(/^reservations-server: PostgreSQL cannot be used now: [^\n]+\n$/);
    expect(server.err()).not.toContain('sesame');
  });
});

/** More than one attempt has. */
const SILENT_CONNECTIONS = 3;

test(
  'a server that starts goes on when its first connections take too long',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    let connections = 0;
    const port = await listenWith((client) => {
      if ((connections += 1) <= SILENT_CONNECTIONS) return;
      const { port: target, hostname } = new URL(postgres.url);
      const upstream = connect({ port: Number(target), host: hostname });
      upstream.on('error', () => undefined).on('close', () => client.destroy());
      client.on('close', () => upstream.destroy());
      client.pipe(upstream).pipe(client);
    });
    const slow = new URL((await createDatabase(postgres.url)).url);
    slow.port = String(port);
    const server = await serve('--sandbox', '--db', slow.href);
    expect((await ask(`${server.url}/health/ready`)).status).toBe(200);
    expect(connections).toBeGreaterThan(SILENT_CONNECTIONS);
  },
);

test('a server that waits for its database stops when it is told to', { timeout: TEST_TIMEOUT_MS }, async () => {
  let connections = 0;
  const port = await listenWith(() => (connections += 1));
  const server = run(['--port', '0', '--sandbox', '--db', `postgres://ada:sesame@127.0.0.1:${port}/shop`]);
  await vi.waitFor(() => expect(connections).toBe(1));
  server.kill('SIGTERM');
  expect([await server.ended, server.out(), server.err()]).toEqual([0, '', '']);
  expect(connections).toBe(1);
});

function listenAndSayNothing(): Promise<number> {
  return listenWith(() => undefined);
}

/** Listens until the test's end. Returns the port. */
async function listenWith(onConnection: (socket: Socket) => unknown): Promise<number> {
  const listener = createServer((socket) => {
    socket.on('error', () => undefined);
    onTestFinished(() => void socket.destroy());
    onConnection(socket);
  });
  onTestFinished(() => void listener.close());
  await new Promise<void>((resolve) => {
    listener.listen(0, '127.0.0.1', resolve);
  });
  return (listener.address() as AddressInfo).port;
}

test('a server on a PostgreSQL with an asynchronous standby says so to people and in the log', async () => {
  const database = await createDatabase(postgres.url);
  await database.query("select pg_create_physical_replication_slot('standby')");
  onTestFinished(async () => {
    await database.query("select pg_drop_replication_slot('standby')");
  });
  const server = await serve('--sandbox', '--db', database.url);
  const warning = 'asynchronous replication: a failover can lose acknowledged reservations.';
  await vi.waitFor(() => expect(server.err()).toContain(`  WARNING   ${warning}`));
  const [line = ''] = await server.untilOut(/^.*"kind":"store-alarm".*$/m);
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    alarm: true,
    store_alarm: 'asynchronous-replication',
    raised: true,
    detail: expect.stringContaining(warning) as string,
  });
});

test('a server whose database has lost what it acknowledged says so within seconds', async () => {
  const database = await createDatabase(postgres.url);
  const server = await serve('--sandbox', '--db', database.url);
  expect((await reserve(server.url, 'user_123')).status).toBe(200);
  await database.query('delete from events where position = (select max(position) from events)');
  const [line = ''] = await server.untilOut(/^.*"kind":"store-alarm".*$/m);
  expect(JSON.parse(line)).toMatchObject({
    level: 'error',
    alarm: true,
    store_alarm: 'log-lost-its-end',
    raised: true,
    detail: expect.stringMatching(
      / at position 2, which is not there any more; the log ends at position 1\./,
    ) as string,
  });
});
