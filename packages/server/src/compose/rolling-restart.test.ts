import { Agent, request } from 'node:http';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { openPostgresStore } from '@reservations/core/postgres';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { createDatabase } from '@reservations/test-postgres';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { reserve, serve } from '../cli/cli-fixture.ts';
import { startTcpBalancer } from './tcp-balancer-fixture.ts';

/** Longer than the pauses of the clients in a loop and than the balancer's checks; shorter than those that rest. */
const DRAIN_DELAY_MS = 1_500;

/** Clients that send one request after the other. */
const LOOPING = 6;

/** Clients that rest until the drain delay of a server is over, on a connection that they keep. */
const RESTING = 6;

/** A client with one connection, which it keeps while the server lets it. It repeats nothing. */
interface Client {
  reserve(): Promise<void>;
}

interface Clients {
  open(): Client;
  /** Ids of the reservations that were answered. */
  readonly answered: readonly string[];
  /** What went wrong. */
  readonly failures: readonly string[];
}

function createClients(port: number): Clients {
  const answered: string[] = [];
  const failures: string[] = [];

  function send(agent: Agent): Promise<readonly [number, string]> {
    return new Promise((resolve, reject) => {
      const headers = { 'Content-Type': 'application/json' };
      const sent = request({ agent, port, host: '127.0.0.1', method: 'POST', path: '/reservations', headers });
      sent.on('error', reject);
      sent.on('response', (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
        response.on('error', reject);
        response.on('end', () => resolve([response.statusCode ?? 0, body]));
      });
      sent.end('{"user_id":"user_123","amount":10.5}');
    });
  }

  function open(): Client {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    onTestFinished(() => agent.destroy());
    return {
      async reserve() {
        // A client that was not running for a while reads first what the balancer has passed on meanwhile.
        for (let turn = 0; turn < 4; turn += 1) await nextTurn();
        try {
          const [status, body] = await send(agent);
          if (status === 200) answered.push(reservationId(JSON.parse(body)));
          else failures.push(`${status} ${body}`);
        } catch (error) {
          failures.push(String(error));
        }
      },
    };
  }
  return { open, answered, failures };
}

function reservationId(body: unknown): string {
  return (body as { readonly reservation_id: string }).reservation_id;
}

/** Reservations in the order of their events, each as often as it was created. */
async function createdReservations(url: string): Promise<readonly string[]> {
  const store = await openPostgresStore({ connectionString: url });
  const created: string[] = [];
  try {
    for (let after = 0; ;) {
      const events = await store.events.readAll({ after, limit: 500 });
      created.push(...events.filter(({ type }) => type === 'RESERVATION_CREATED').map(({ stream }) => stream));
      const last = events.at(-1);
      if (last === undefined) return created;
      after = last.position;
    }
  } finally {
    await store.close();
  }
}

test('a rolling restart under load fails no request, loses no answer and charges each reservation once', async () => {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  const sandbox = await startSandboxPaymentService({ ledgerPath: null, latencyMs: 20 });
  onTestFinished(() => sandbox.stop());
  const args = ['--db', database.url, '--drain-delay', String(DRAIN_DELAY_MS), '--log-level', 'warn'];
  args.push('--payment-host', sandbox.host, '--payment-port', String(sandbox.port));
  const start = (): ReturnType<typeof serve> => serve(...args);
  const balancer = await startTcpBalancer();
  const servers = await Promise.all([start(), start()]);
  for (const { url } of servers) await balancer.add(url);

  // Its charge ends after the drain delay: the server is still stopping when the resting clients go on.
  const late = reserve(servers[0].url, 'user_charged_late');
  await vi.waitFor(() => expect(sandbox.calls().length).toBe(1), { timeout: 20_000 });

  const clients = createClients(balancer.port);
  const resting = Array.from({ length: RESTING }, () => clients.open());
  const over = new AbortController();
  const load = Array.from({ length: LOOPING }, async (_, index) => {
    const client = clients.open();
    while (!over.signal.aborted) {
      await client.reserve();
      await pause(20 + index * 20);
    }
  });

  for (const { url, kill, ended } of servers) {
    for (const client of resting) await client.reserve();
    kill('SIGTERM');
    const replaced = start().then((replacement) => balancer.add(replacement.url));
    await pause(DRAIN_DELAY_MS + 1_000);
    await Promise.all(resting.map((client) => client.reserve()));
    expect([url, await ended]).toEqual([url, 0]);
    await replaced;
  }
  await Promise.all(resting.map((client) => client.reserve()));
  over.abort();
  await Promise.all(load);

  const answer = await late;
  expect([clients.failures.length, clients.failures.slice(0, 5), answer.ok]).toEqual([0, [], true]);
  const answered = [...clients.answered, reservationId(await answer.json())].sort();
  const [one = 0, other = 0] = balancer.connections();
  expect([one > 0, other > 0]).toEqual([true, true]);
  expect([...(await createdReservations(database.url))].sort()).toEqual(answered);
  await vi.waitFor(
    () =>
      expect(
        sandbox
          .ledger()
          .map(({ result, reservation_id }) => `${result} ${reservation_id}`)
          .sort(),
      ).toEqual(answered.map((id) => `charged ${id}`)),
    { timeout: 20_000 },
  );
});
