import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { startSandboxPaymentService, type SandboxPaymentService } from '@reservations/core/sandbox';
import { createDatabase } from '@reservations/test-postgres';
import { describe, expect, inject, onTestFinished, test, vi } from 'vitest';
import { type Run, reserve, serve, temporaryFile } from '../cli/cli-fixture.ts';

const KEY = { 'Idempotency-Key': 'order-4711' };

/** Longer than the circuit breaker keeps requests away from a payment service that came back. */
const PATIENCE = { timeout: 60_000, interval: 250 };

/** A port where nothing listens until the test lets the payment service come back on it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function startPayments(port: number): Promise<SandboxPaymentService> {
  const payments = await startSandboxPaymentService({ port, ledgerPath: null });
  onTestFinished(() => payments.stop());
  return payments;
}

interface Answered {
  readonly status: number;
  readonly retryAfter: string | null;
  readonly isReplayed: boolean;
  readonly body: Record<string, unknown>;
}

async function post(url: string, key: Record<string, string> = KEY): Promise<Answered> {
  const answer = await reserve(url, 'ada', key);
  return {
    status: answer.status,
    retryAfter: answer.headers.get('retry-after'),
    isReplayed: answer.headers.has('idempotent-replayed'),
    body: (await answer.json()) as Record<string, unknown>,
  };
}

async function statusOf(url: string, id: unknown): Promise<unknown> {
  const answer = await fetch(`${url}/reservations/${String(id)}`);
  return ((await answer.json()) as Record<string, unknown>)['status'];
}

function idOf({ body }: Answered): unknown {
  return (body['detail'] as Record<string, unknown>)['reservation_id'];
}

describe('a keyed request that was asked to try again, and does so with its key,', () => {
  test('makes a new reservation, which is confirmed once payments are back, also after a restart', async () => {
    const [db, port] = [await temporaryFile('reservations.db'), await freePort()];
    const start = (): Promise<Run & { readonly url: string }> =>
      serve('--db', db, '--payment-host', '127.0.0.1', '--payment-port', String(port));
    const before = await start();
    const failures = [await post(before.url), await post(before.url)];
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 503, isReplayed: false, retryAfter: expect.stringMatching(/^\d+$/) });
    }
    expect(idOf(failures[0] as Answered)).not.toBe(idOf(failures[1] as Answered));
    before.kill('SIGKILL');
    await before.ended;
    const payments = await startPayments(port);
    const { url } = await start();
    const confirmed = await vi.waitUntil(async () => {
      const answer = await post(url);
      return answer.status === 200 ? answer : null;
    }, PATIENCE);
    expect(confirmed).toMatchObject({ isReplayed: false, body: { status: 'RESERVATION_CONFIRMED' } });
    expect(await post(url)).toEqual({ ...confirmed, isReplayed: true });
    for (const failure of failures) expect(await statusOf(url, idOf(failure))).toBe('RESERVATION_FAILED');
    expect(payments.ledger().map(({ reservation_id }) => reservation_id)).toEqual([confirmed.body['reservation_id']]);
  });

  test('makes one new reservation of many repetitions at once, on whichever server', { timeout: 120_000 }, async () => {
    const database = await createDatabase(inject('postgresUrl'));
    onTestFinished(() => database.drop());
    const port = await freePort();
    const args = ['--db', database.url, '--payment-host', '127.0.0.1', '--payment-port', String(port)];
    const servers = await Promise.all([serve(...args), serve(...args)]);
    const [one, other] = servers;
    const failure = await post(one.url);
    expect(failure).toMatchObject({ status: 503, retryAfter: expect.stringMatching(/^\d+$/) });
    const payments = await startPayments(port);
    // Both servers have found the payment service again.
    for (const [n, { url }] of servers.entries()) {
      const find = (attempt: number): Promise<Answered> => post(url, { 'Idempotency-Key': `probe-${n}-${attempt}` });
      let attempt = 0;
      await vi.waitUntil(async () => (await find((attempt += 1))).status === 200, PATIENCE);
    }
    const charged = payments.ledger().length;
    const repeated = await Promise.all(Array.from({ length: 100 }, (_, n) => post(n % 2 === 0 ? one.url : other.url)));
    const made = repeated.filter(({ status, isReplayed }) => status === 200 && !isReplayed);
    expect(made).toHaveLength(1);
    expect(repeated.filter(({ status }) => status !== 200 && status !== 409)).toEqual([]);
    expect(payments.ledger().length).toBe(charged + 1);
    const id = made[0]?.body['reservation_id'];
    expect(await post(other.url)).toMatchObject({ status: 200, isReplayed: true, body: { reservation_id: id } });
    expect(await statusOf(other.url, idOf(failure))).toBe('RESERVATION_FAILED');
  });
});

describe('with PAYMENT_UNKNOWN_OUTCOME=fail', () => {
  test('nothing is sent again once FAILED was told, and a key does not ask to be repeated', async () => {
    const [db, callLogPath] = [await temporaryFile('reservations.db'), await temporaryFile('calls.jsonl')];
    const payments = await startSandboxPaymentService({ ledgerPath: null, callLogPath });
    onTestFinished(() => payments.stop());
    const args = ['--db', db, '--payment-host', '127.0.0.1', '--payment-port', String(payments.port)];
    const first = await serve(...args, '--payment-unknown-outcome', 'fail');
    const reserveLost = (url: string, key: Record<string, string> = {}): Promise<Response> =>
      reserve(url, 'user_empty_reply', key);
    const told = await reserveLost(first.url, KEY);
    const { detail } = (await told.json()) as { detail: { reservation_id: string; status: string } };
    expect([told.status, detail.status, told.headers.has('retry-after')]).toEqual([503, 'RESERVATION_FAILED', false]);
    const again = await reserveLost(first.url, KEY);
    expect([again.status, again.headers.get('idempotent-replayed'), again.headers.has('retry-after')]).toEqual([
      503,
      'true',
      false,
    ]);
    const sent = (): number | undefined =>
      payments.calls().find(({ reservation_id }) => reservation_id === detail.reservation_id)?.calls;
    const atFirst = sent();
    expect(atFirst).toBeGreaterThan(0);
    first.kill('SIGKILL');
    await first.ended;
    // Another mode, after a restart: settlement looks at once, and then every second.
    const second = await serve(...args);
    expect((await post(second.url, {})).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    expect(sent()).toBe(atFirst);
    expect(await statusOf(second.url, detail.reservation_id)).toBe('RESERVATION_FAILED');
  });
});
