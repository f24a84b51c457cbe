import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { credentials, status } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { isReservationError } from '../errors.ts';
import { PaymentServiceStub, type PaymentServiceClient } from '../proto/payment-service.ts';
import { exampleId } from '../testing/builders.ts';
import { MAGIC_USERS } from './magic-users.ts';
import {
  type SandboxPaymentService,
  type SandboxPaymentServiceOptions,
  startSandboxPaymentService,
} from './sandbox-payment-service.ts';

let folder: string;
const cleanups: (() => Promise<void> | void)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-'));
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
  await rm(folder, { recursive: true });
});

async function start(options: Partial<SandboxPaymentServiceOptions> = {}): Promise<SandboxPaymentService> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null, ...options });
  cleanups.push(() => sandbox.stop());
  return sandbox;
}

function connect({ host, port }: { readonly host: string; readonly port: number }): PaymentServiceClient {
  const client = new PaymentServiceStub(`${host}:${port}`, credentials.createInsecure());
  cleanups.push(() => client.close());
  return client;
}

/** "approved TXN…", "declined …", "empty", or the name of a status. */
function pay(client: PaymentServiceClient, userId: string, reservation = 1, deadlineMs = 5_000): Promise<string> {
  const request = { reservation_id: exampleId(reservation), user_id: userId, amount: 10.5, currency: 'EUR' };
  return new Promise((resolve) => {
    client.ProcessPayment(request, { deadline: Date.now() + deadlineMs }, (error, reply) => {
      if (error !== null) resolve(status[error.code]);
      else if (reply === undefined) resolve('nothing');
      else if (reply.success) resolve(`approved ${reply.transaction_id.replace(exampleId(reservation), 'n')}`.trim());
      else resolve(reply.message === '' ? 'empty' : `declined ${reply.message}`);
    });
  });
}

const APPROVED = 'approved TXN-n-1';

/** What four calls get, one behind the other, and how many charges are in the ledger then. */
const EXPECTED: Readonly<Record<string, readonly [readonly string[], number]>> = {
  user_decline_insufficient_funds: [fourTimes('declined Insufficient funds'), 0],
  user_decline_card_expired: [fourTimes('declined Card expired'), 0],
  user_timeout: [fourTimes('DEADLINE_EXCEEDED'), 0],
  user_charged_then_lost: [['UNAVAILABLE', 'UNAVAILABLE', 'UNAVAILABLE', APPROVED], 1],
  user_charged_then_cut: [['UNAVAILABLE', APPROVED, APPROVED, APPROVED], 1],
  user_charged_late: [['DEADLINE_EXCEEDED', APPROVED, APPROVED, APPROVED], 1],
  user_unavailable_twice: [['UNAVAILABLE', 'UNAVAILABLE', APPROVED, APPROVED], 1],
  user_unavailable: [fourTimes('UNAVAILABLE'), 0],
  user_empty_reply: [fourTimes('empty'), 0],
  user_success_without_transaction: [fourTimes('approved'), 1],
  user_already_exists: [fourTimes('ALREADY_EXISTS'), 1],
  user_already_exists_with_transaction: [fourTimes('ALREADY_EXISTS'), 1],
  user_invalid_argument: [fourTimes('INVALID_ARGUMENT'), 0],
  user_not_found: [fourTimes('NOT_FOUND'), 0],
  user_permission_denied: [fourTimes('PERMISSION_DENIED'), 0],
  user_unauthenticated: [fourTimes('UNAUTHENTICATED'), 0],
  user_resource_exhausted: [fourTimes('RESOURCE_EXHAUSTED'), 0],
  user_internal_error: [fourTimes('INTERNAL'), 0],
};

function fourTimes(answer: string): readonly string[] {
  return [answer, answer, answer, answer];
}

describe('magic users', () => {
  test('are all in the table of these tests', () => {
    expect(MAGIC_USERS.map(({ prefix }) => prefix)).toEqual(Object.keys(EXPECTED));
  });

  test.each(Object.entries(EXPECTED))('%s', async (prefix, [answers, charges]) => {
    const sandbox = await start();
    const client = connect(sandbox);
    const seen: string[] = [];
    for (let call = 1; call <= 4; call += 1) seen.push(await pay(client, `${prefix}_42`, 1, 500));
    expect(seen).toEqual(answers);
    expect(sandbox.ledger().filter(({ result }) => result === 'charged')).toHaveLength(charges);
  });

  test('user_already_exists_with_transaction names the transaction in the trailers', async () => {
    const client = connect(await start());
    const request = {
      reservation_id: exampleId(1),
      user_id: 'user_already_exists_with_transaction',
      amount: 1,
      currency: 'EUR',
    };
    const trailer = await new Promise((resolve) => {
      client.ProcessPayment(request, (error) => resolve(error?.metadata.get('transaction-id')));
    });
    expect(trailer).toEqual([`TXN-${exampleId(1)}-1`]);
  });

  test('every other user is approved', async () => {
    expect(await pay(connect(await start()), 'alice')).toBe(APPROVED);
  });
});

describe('the ledger', () => {
  test('holds what was charged and what was declined, to the last digit', async () => {
    const ledgerPath = join(folder, 'ledger.jsonl');
    const sandbox = await start({ ledgerPath });
    const client = connect(sandbox);
    await pay(client, 'alice', 1);
    await pay(client, 'user_decline_card_expired', 2);
    const lines = (await readFile(ledgerPath, 'utf8')).trimEnd().split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toEqual([
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        result: 'charged',
        reservation_id: exampleId(1),
        user_id: 'alice',
        amount: 10.5,
        currency: 'EUR',
        transaction_id: `TXN-${exampleId(1)}-1`,
        message: 'Payment approved',
      },
      {
        at: expect.stringMatching(/^\d{4}-.*Z$/) as string,
        result: 'declined',
        reservation_id: exampleId(2),
        user_id: 'user_decline_card_expired',
        amount: 10.5,
        currency: 'EUR',
        transaction_id: '',
        message: 'Card expired',
      },
    ]);
    expect(sandbox.ledger()).toEqual(lines.map((line) => JSON.parse(line) as unknown));
  });

  test('gives the same reservation the same result after a restart', async () => {
    const ledgerPath = join(folder, 'ledger.jsonl');
    const first = await start({ ledgerPath });
    const before = [await pay(connect(first), 'alice', 1), await pay(connect(first), 'user_decline_card_expired', 2)];
    await first.stop();
    const second = await start({ ledgerPath });
    const after = [await pay(connect(second), 'alice', 1), await pay(connect(second), 'user_decline_card_expired', 2)];
    expect(after).toEqual(before);
    expect(second.ledger()).toHaveLength(2);
  });

  test('loses a torn last line, and nothing else', async () => {
    const ledgerPath = join(folder, 'ledger.jsonl');
    const first = await start({ ledgerPath });
    await pay(connect(first), 'alice', 1);
    await first.stop();
    const whole = await readFile(ledgerPath, 'utf8');
    await writeFile(ledgerPath, `${whole}{"at":"2026-01-02T03:04:05.678Z","user_id":"\u00fc`);
    const second = await start({ ledgerPath });
    expect(await readFile(ledgerPath, 'utf8')).toBe(whole);
    await pay(connect(second), 'bob', 2);
    expect(second.ledger().map(({ user_id }) => user_id)).toEqual(['alice', 'bob']);
  });

  test('with a damaged line is refused by its number', async () => {
    const ledgerPath = join(folder, 'ledger.jsonl');
    await writeFile(ledgerPath, '{}\n{"at":\n');
    await expect(start({ ledgerPath })).rejects.toThrow(`ledger ${ledgerPath}: line 2 is no JSON`);
  });
});

describe('calls', () => {
  test('for one reservation at the same time are one charge', async () => {
    const sandbox = await start({ ledgerPath: join(folder, 'ledger.jsonl'), latencyMs: 20 });
    const client = connect(sandbox);
    const answers = await Promise.all(Array.from({ length: 20 }, () => pay(client, 'alice')));
    expect(new Set(answers)).toEqual(new Set([APPROVED]));
    expect(sandbox.ledger()).toHaveLength(1);
    expect(sandbox.calls()).toEqual([{ reservation_id: exampleId(1), calls: 20, overlapMax: 20 }]);
  });

  test('one behind the other do not overlap, with their deadline missed or not', async () => {
    const sandbox = await start();
    const client = connect(sandbox);
    for (let call = 1; call <= 3; call += 1) await pay(client, 'user_timeout', 1, 500);
    await pay(client, 'bob', 2);
    expect(sandbox.calls()).toEqual([
      { reservation_id: exampleId(1), calls: 3, overlapMax: 1 },
      { reservation_id: exampleId(2), calls: 1, overlapMax: 1 },
    ]);
  });

  test('are charged one and all without idempotency', async () => {
    const sandbox = await start({ idempotent: false });
    const client = connect(sandbox);
    const answers = [await pay(client, 'alice'), await pay(client, 'alice'), await pay(client, 'alice')];
    expect(answers).toEqual(['approved TXN-n-1', 'approved TXN-n-2', 'approved TXN-n-3']);
    expect(sandbox.ledger()).toHaveLength(3);
  });

  test('for another payment under the same reservation are refused, and not charged', async () => {
    const sandbox = await start();
    const client = connect(sandbox);
    expect([await pay(client, 'alice'), await pay(client, 'bob')]).toEqual([APPROVED, 'ALREADY_EXISTS']);
    expect(sandbox.ledger()).toHaveLength(1);
  });

  test('that lack a field are invalid', async () => {
    const client = connect(await start());
    const code = await new Promise((resolve) => {
      client.ProcessPayment({ reservation_id: 'RES-1', user_id: 'alice', currency: 'EUR' }, (error) =>
        resolve(error?.code),
      );
    });
    expect(code).toBe(status.INVALID_ARGUMENT);
  });

  test('for the status of a transaction find the charge, or nothing', async () => {
    const client = connect(await start());
    await pay(client, 'alice');
    const find = (transaction_id: string): Promise<unknown> =>
      new Promise((resolve) => {
        client.GetPaymentStatus({ transaction_id }, (error, reply) => resolve(error?.code ?? reply));
      });
    const transaction_id = `TXN-${exampleId(1)}-1`;
    expect(await find(transaction_id)).toEqual({ status: 'CHARGED', transaction_id });
    expect(await find('TXN-0')).toBe(status.NOT_FOUND);
    expect(await find('')).toBe(status.NOT_FOUND);
  });
});

describe('faults', () => {
  const faults = { unavailable: 0.15, internal: 0.15, replyLost: 0.15, cut: 0.1, emptyReply: 0.15 };

  async function run(seed: number): Promise<readonly string[]> {
    const client = connect(await start({ faults, seed }));
    const answers: string[] = [];
    for (let reservation = 1; reservation <= 40; reservation += 1)
      answers.push(await pay(client, 'alice', reservation));
    return answers;
  }

  test('repeat with the seed, and differ with another', async () => {
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
    expect(new Set(first)).toEqual(new Set([APPROVED, 'UNAVAILABLE', 'INTERNAL', 'empty']));
  });

  test('that cannot be probabilities are refused', async () => {
    const error = await start({ faults: { cut: 0.6, hang: 0.6 } }).catch((fault: unknown) => fault);
    expect(isReservationError(error, 'INVALID_OPTION')).toBe(true);
    expect(String(error)).toBe(
      'ReservationError: faults.hang: expected probabilities from 0 to 1 with a sum of at most 1, found 0.6',
    );
  });
});
