import assert from 'node:assert/strict';
import { status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test } from 'vitest';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import type { PaymentResponse, ReceivedPaymentRequest } from '../../proto/messages.ts';
import { paymentServiceDefinition, type PaymentServiceHandlers } from '../../proto/payment-service.ts';
import { listenGrpc } from '../grpc-listener.ts';
import { type SandboxPaymentService, startSandboxPaymentService } from '../sandbox-payment-service.ts';
import { CannotTellError, type PaymentServiceCase } from './case.ts';
import { paymentServiceConformance } from './conformance.ts';
import { connectPaymentService, type PaymentServiceProbe } from './probe.ts';

const DECLINED_USER = 'user_decline_insufficient_funds';

const ALL = paymentServiceConformance.map(({ title }) => title);

async function connect(port: number, declinedUserId: string | null = DECLINED_USER): Promise<PaymentServiceProbe> {
  const probe = await connectPaymentService({
    host: '127.0.0.1',
    port,
    userId: 'user_1',
    money: { amountMinor: 100, currency: 'EUR', decimals: 2 },
    declinedUserId,
    newUuid: systemRuntime().newUuid,
  });
  onTestFinished(() => probe.close());
  return probe;
}

/** How every case ends; what fails or cannot be told says why. */
async function outcomes(
  probe: PaymentServiceProbe,
  cases: readonly PaymentServiceCase[] = paymentServiceConformance,
): Promise<Record<'passed' | 'failed' | 'untold', string[]>> {
  const result: Record<'passed' | 'failed' | 'untold', string[]> = { passed: [], failed: [], untold: [] };
  for (const { title, run } of cases) {
    await run(probe).then(
      () => result.passed.push(title),
      (error: unknown) => {
        if (error instanceof CannotTellError) return result.untold.push(title);
        if (!(error instanceof assert.AssertionError)) throw error;
        // Operators read it: one line of words, without the difference that `assert` likes to add.
        expect(error.message).not.toMatch(/\n|strictly|actual - expected/);
        return result.failed.push(title);
      },
    );
  }
  return result;
}

async function startSandbox(
  options: Partial<Parameters<typeof startSandboxPaymentService>[0]> = {},
): Promise<SandboxPaymentService> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null, ...options });
  onTestFinished(() => sandbox.stop());
  return sandbox;
}

const REPETITIONS = [
  'the same request again gives the same transaction id',
  'the same request twice at the same time gives one transaction id',
  'a charge that is repeated after a cancelled call has one result',
  'a charge that is repeated after a missed deadline has one result',
];

test('titles are unique, and what each means is said', () => {
  expect(new Set(ALL).size).toBe(ALL.length);
  for (const { meaning } of paymentServiceConformance) expect(meaning).toMatch(/\.$/);
});

describe('the sandbox', () => {
  test('keeps the contract, and charges each reservation that was sent at most once', async () => {
    const sandbox = await startSandbox({ latencyMs: 20 });
    const probe = await connect(sandbox.port);
    expect(await outcomes(probe)).toEqual({ passed: ALL, failed: [], untold: [] });
    const charged = sandbox.ledger().map(({ reservation_id }) => reservation_id);
    expect(new Set(charged).size).toBe(charged.length);
    expect([...probe.sent].sort()).toEqual(expect.arrayContaining(charged));
  });

  test('without idempotency fails what is about repetitions', async () => {
    const { port } = await startSandbox({ idempotent: false });
    const other = 'another amount for the same reservation is not charged';
    const { failed, untold } = await outcomes(await connect(port));
    expect({ failed, untold }).toEqual({ failed: [...REPETITIONS, other], untold: [] });
  });

  test('without a user whom it declines one case cannot be told', async () => {
    const { port } = await startSandbox();
    expect(await outcomes(await connect(port, null))).toMatchObject({
      failed: [],
      untold: ['a decline stays a decline'],
    });
    const unsuitable = await outcomes(await connect(port, 'user_2'));
    expect(unsuitable).toMatchObject({ failed: [], untold: ['a decline stays a decline'] });
  });

  test('that charges no user fails the first charge; repetitions cannot be judged', async () => {
    const { port } = await startSandbox({ faults: { internal: 1 } });
    const first = 'a charge succeeds and has a transaction id';
    const [again = ''] = REPETITIONS;
    const cases = paymentServiceConformance.filter(({ title }) => title === first || title === again);
    expect(await outcomes(await connect(port), cases)).toEqual({ passed: [], failed: [first], untold: [again] });
  });
});

type Process = (
  request: ReceivedPaymentRequest,
  earlier: readonly ReceivedPaymentRequest[],
) => PaymentResponse | { code: status };

/** A service that answers ProcessPayment as told, and does not know GetPaymentStatus. */
async function startService(process: Process, statusCode: status = status.NOT_FOUND): Promise<number> {
  const calls: ReceivedPaymentRequest[] = [];
  const handlers: PaymentServiceHandlers = {
    ProcessPayment({ request }, callback) {
      const answer = process(
        request,
        calls.filter((call) => call.reservation_id === request.reservation_id),
      );
      calls.push(request);
      if ('code' in answer) callback({ code: answer.code, details: 'no' });
      else callback(null, answer);
    },
    GetPaymentStatus: (_, callback) => callback({ code: statusCode, details: 'no' }),
  };
  const listener = await listenGrpc({ host: '127.0.0.1', port: 0, definition: paymentServiceDefinition, handlers });
  onTestFinished(() => listener.stop());
  return listener.port;
}

const approve = (id: string): PaymentResponse => ({ success: true, transaction_id: id, message: 'approved' });
const REFUSED = { code: status.INVALID_ARGUMENT };

/** Keeps the contract: the first result for each reservation. */
const wellBehaved: Process = ({ reservation_id, amount, user_id }, [first]) => {
  if (user_id === DECLINED_USER) return { success: false, message: 'no money' };
  if (amount <= 0) return REFUSED;
  return first === undefined || first.amount === amount ? approve(`T-${reservation_id}`) : REFUSED;
};

const FLAWS: readonly (readonly [string, Process, readonly string[]])[] = [
  ['has none', wellBehaved, []],
  [
    'charges zero',
    (request, earlier) => (request.amount === 0 ? approve('T-0') : wellBehaved(request, earlier)),
    ['an amount of zero is refused'],
  ],
  [
    'charges a declined reservation when it is asked again',
    (request, earlier) =>
      request.user_id === DECLINED_USER && earlier.length > 0 ? approve('T-1') : wellBehaved(request, earlier),
    ['a decline stays a decline'],
  ],
  [
    'takes the amount for a part of what identifies a charge',
    (request) => {
      const answer = wellBehaved(request, []);
      return 'code' in answer || answer.success !== true
        ? answer
        : approve(`T-${request.reservation_id}-${request.amount}`);
    },
    ['another amount for the same reservation is not charged'],
  ],
  [
    'takes round amounts only',
    (request, earlier) => (Number.isInteger(request.amount) ? wellBehaved(request, earlier) : REFUSED),
    ['an amount with a digit in its last decimal is charged'],
  ],
  [
    'breaks on three decimals',
    (request, earlier) => (request.currency === 'KWD' ? { code: status.INTERNAL } : wellBehaved(request, earlier)),
    ['an amount with three decimals is charged or refused'],
  ],
  [
    'refuses what it charged before',
    (request, earlier) => (earlier.length > 0 ? REFUSED : wellBehaved(request, earlier)),
    [...REPETITIONS.slice(0, 2), 'a decline stays a decline', 'another amount for the same reservation is not charged'],
  ],
];

describe('a service whose flaw is that it', () => {
  test.each(FLAWS)('%s is found out', async (_flaw, process, failed) => {
    const probe = await connect(await startService(process));
    const { failed: found } = await outcomes(probe);
    expect(found.filter((title) => failed.includes(title))).toEqual(failed);
    if (failed.length < 2) expect(found).toEqual(failed);
  });

  test('has no transaction ids fails the first charge', async () => {
    const probe = await connect(await startService(() => ({ success: true, message: 'done' })));
    const firstCharge = paymentServiceConformance.find(({ title }) => title.includes('has a transaction id'));
    await expect(firstCharge?.run(probe)).rejects.toThrow('unknown (success without a transaction_id)');
  });

  test.each([
    [status.UNIMPLEMENTED, 'UNIMPLEMENTED: no'],
    [status.UNAUTHENTICATED, 'UNAUTHENTICATED: no'],
  ])('answers GetPaymentStatus with %s is found out without a charge', async (code, message) => {
    const probe = await connect(await startService(wellBehaved, code));
    const [reached, answers] = paymentServiceConformance;
    await reached?.run(probe);
    await expect(answers?.run(probe)).rejects.toThrow(message);
    expect(probe.sent).toEqual([]);
  });
});

test('a port without a listener is not reached', async () => {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  await sandbox.stop();
  const probe = await connect(sandbox.port);
  await expect(paymentServiceConformance[0]?.run(probe)).rejects.toThrow(
    /^UNAVAILABLE: No connection established.*REFUSED/,
  );
});

test('cases that send no charge send none', async () => {
  const sandbox = await startSandbox();
  const probe = await connect(sandbox.port);
  for (const { run } of paymentServiceConformance.filter(({ sendsCharges }) => !sendsCharges)) await run(probe);
  expect([probe.sent, sandbox.calls()]).toEqual([[], []]);
});
