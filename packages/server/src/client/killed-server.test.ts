import { openSqliteStore } from '@reservations/core/sqlite';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { expect, onTestFinished, test, vi } from 'vitest';
import { serve, temporaryFile } from '../cli/cli-fixture.ts';
import { createClient } from './index.ts';

/** Callers, each of which makes one reservation after the other. */
const CALLERS = 8;
const RESERVATIONS_EACH = 3;

/** Charges after which the server is killed. */
const KILLED_AFTER = 3;

/** Ids of the reservations in the log, each as often as it was created. */
async function createdIn(path: string): Promise<readonly string[]> {
  const store = await openSqliteStore({ path });
  try {
    const events = await store.events.readAll({ after: 0, limit: 500 });
    return events.filter(({ type }) => type === 'RESERVATION_CREATED').map(({ stream }) => stream);
  } finally {
    await store.close();
  }
}

test('a server that is killed and started again: every create ends with one reservation and one charge', async () => {
  const sandbox = await startSandboxPaymentService({ ledgerPath: await temporaryFile('ledger.jsonl'), latencyMs: 50 });
  onTestFinished(() => sandbox.stop());
  const path = await temporaryFile('killed.db');
  const args = [
    '--log-level',
    'warn',
    '--db',
    path,
    '--payment-host',
    sandbox.host,
    '--payment-port',
    String(sandbox.port),
  ];
  let server = await serve(...args);
  const baseUrl = server.url;

  let lost = 0;
  const client = createClient({
    baseUrl,
    attempts: 1_000,
    fetch: async (input, init) =>
      await fetch(input, init).catch((error: unknown) => {
        lost += 1;
        throw error;
      }),
  });
  const users = Array.from({ length: CALLERS }, (_, caller) =>
    Array.from({ length: RESERVATIONS_EACH }, (_, index) => `user_${caller}_${index}`),
  );
  const calls = users.map(async (ofCaller) => {
    const made: string[] = [];
    for (const user_id of ofCaller) {
      const { outcome, reservationId } = await client.createAndWait({ user_id, amount: 10.5 });
      made.push(`${outcome} ${user_id} ${reservationId}`);
    }
    return made;
  });

  await vi.waitFor(() => expect(sandbox.ledger().length).toBeGreaterThanOrEqual(KILLED_AFTER), { timeout: 20_000 });
  server.kill('SIGKILL');
  await server.ended;
  server = await serve(...args, '--port', new URL(baseUrl).port);
  const made = (await Promise.all(calls)).flat().sort();
  expect([made.length, lost > 0]).toEqual([CALLERS * RESERVATIONS_EACH, true]);

  server.kill('SIGTERM');
  expect(await server.ended).toBe(0);
  const charged = sandbox.ledger().map((entry) => `${entry.result} ${entry.user_id} ${entry.reservation_id}`);
  expect(charged.map((line) => line.replace('charged', 'confirmed')).sort()).toEqual(made);
  const ids = made.map((line) => line.split(' ')[2] ?? '').sort();
  expect([...(await createdIn(path))].sort()).toEqual(ids);
});
