import { execFile } from 'node:child_process';
import { getEventListeners } from 'node:events';
import { promisify } from 'node:util';
import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ReservationId } from '../../domain/ids.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { Observation } from '../../ports/observer.ts';
import type { Tracer } from '../../ports/tracer.ts';
import { paymentServiceDefinition, type PaymentServiceHandlers } from '../../proto/payment-service.ts';
import { exampleId } from '../../testing/builders.ts';
import { passOn, startPeer } from '../../testing/payment-gateway-contract/broken-peers.ts';
import { EXAMPLE_CHARGE } from '../../testing/payment-gateway-contract/case.ts';
import { paymentGatewayContract } from '../../testing/payment-gateway-contract/contract.ts';
import { APPROVAL, failure, startScriptedService } from '../../testing/payment-gateway-contract/scripted-service.ts';
import { createGrpcPaymentGateway } from './gateway.ts';

describe('the gRPC payment gateway keeps the contract', () => {
  for (const { title, run } of paymentGatewayContract) {
    test.concurrent(title, () => run({ open: (tuning) => createGrpcPaymentGateway(tuning) }));
  }
});

test('charges leave no listener on a signal that outlives them', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port });
  try {
    const { signal } = new AbortController();
    const charge = (): Promise<unknown> => gateway.charge(EXAMPLE_CHARGE, { signal, maySend: () => true });
    await Promise.all(Array.from({ length: 400 }, charge));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('the state of the breaker can be watched', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const breaker = { failuresMax: 1, lastingMs: 0, openMs: 600_000 };
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port, breaker });
  try {
    expect(gateway.breakerState()).toBe('closed');
    await gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
    expect(gateway.breakerState()).toBe('open');
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('each attempt is observed with its outcome, also one that the breaker refuses', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const observations: Observation[] = [];
  const gateway = createGrpcPaymentGateway({
    host: service.host,
    port: service.port,
    breaker: { failuresMax: 2, lastingMs: 0, openMs: 600_000 },
    observer: (observation) => observations.push(observation),
  });
  const charge = (): Promise<PaymentOutcome> =>
    gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
  try {
    await charge();
    const { reservationId } = EXAMPLE_CHARGE;
    const ended = { kind: 'attempt-ended', reservationId, durationMs: expect.any(Number) };
    const unknown = expect.objectContaining({ kind: 'unknown', cause: 'service-error' });
    expect(observations).toEqual([
      { ...ended, outcome: unknown },
      { ...ended, outcome: expect.objectContaining({ kind: 'approved' }) },
    ]);
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('each attempt is a span, whose trace context travels with it', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL]);
  const spans: { readonly name: string; readonly facts: Record<string, unknown> }[] = [];
  const tracer: Tracer = {
    inSpan(name, { kind, attributes }, work) {
      const facts: Record<string, unknown> = { kind, ...attributes };
      spans.push({ name, facts });
      return work({
        set: (more) => void Object.assign(facts, more),
        rename: () => undefined,
        link: () => undefined,
        fail: (type) => void Object.assign(facts, { failed: type }),
      });
    },
    current: () => `00-trace-span${spans.length}-01`,
  };
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port, tracer });
  try {
    await gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
    const rpc = {
      kind: 'client',
      'rpc.system.name': 'grpc',
      'rpc.method': 'payment.PaymentService/ProcessPayment',
      'server.address': service.host,
      'server.port': service.port,
    };
    expect(spans.map(({ facts }) => facts)).toEqual([
      { ...rpc, 'rpc.status_code': 'UNAVAILABLE', failed: 'UNAVAILABLE' },
      { ...rpc, 'rpc.status_code': 'OK' },
    ]);
    expect(service.calls.map(({ traceparent }) => traceparent)).toEqual(['00-trace-span1-01', '00-trace-span2-01']);
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('without a tracer, the trace context of the request travels with each attempt', async () => {
  const service = await startScriptedService([failure(14, 'not now'), APPROVAL, APPROVAL]);
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port });
  const { signal } = new AbortController();
  const maySend = (): boolean => true;
  try {
    await gateway.charge(EXAMPLE_CHARGE, { signal, maySend, traceparent: '00-trace-request-01' });
    await gateway.charge(EXAMPLE_CHARGE, { signal, maySend });
    const given = '00-trace-request-01';
    expect(service.calls.map(({ traceparent }) => traceparent)).toEqual([given, given, undefined]);
  } finally {
    await gateway.close();
    await service.stop();
  }
});

test('the state of the connection can be watched', async () => {
  const service = await startScriptedService([APPROVAL]);
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port });
  try {
    expect(gateway.connection()).toBe('idle');
    await gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
    expect(gateway.connection()).toBe('ready');
  } finally {
    await gateway.close();
    await service.stop();
  }
  expect(gateway.connection()).toBe('shutdown');
});

test('running and queued charges can be watched', async () => {
  const service = await startScriptedService([{ kind: 'never' }]);
  const limits = { concurrencyMax: 2, queueMax: 5 };
  const gateway = createGrpcPaymentGateway({ host: service.host, port: service.port, ...limits });
  const stop = new AbortController();
  try {
    expect(gateway.load()).toEqual({ running: 0, runningMax: 2, queued: 0, queuedMax: 5 });
    const charges = [1, 2, 3].map(() => gateway.charge(EXAMPLE_CHARGE, { signal: stop.signal, maySend: () => true }));
    expect(gateway.load()).toEqual({ running: 2, runningMax: 2, queued: 1, queuedMax: 5 });
    stop.abort();
    await Promise.all(charges);
    expect(gateway.load()).toMatchObject({ running: 0, queued: 0 });
  } finally {
    await gateway.close();
    await service.stop();
  }
});

describe('an idle connection is not used again when its timer is late: the', () => {
  const CLOCKS = [
    ['wall clock went on while the machine slept', { toFake: ['Date'] }],
    ['monotonic clock went on while the process was stopped', { toFake: ['performance'] }],
  ] as const;

  test.each(CLOCKS)('%s', async (_, { toFake }) => {
    const service = await startScriptedService([APPROVAL]);
    const connections: number[] = [];
    const door = await startPeer((socket, number) => {
      connections.push(number);
      passOn(socket, service.port);
    });
    const gateway = createGrpcPaymentGateway({ host: door.host, port: door.port, idleTimeoutMs: 20_000 });
    try {
      const charge = async (): Promise<PaymentOutcome> =>
        gateway.charge(EXAMPLE_CHARGE, { signal: new AbortController().signal, maySend: () => true });
      await charge();
      vi.useFakeTimers({ toFake: [...toFake] });
      onTestFinished(() => {
        vi.useRealTimers();
      });
      vi.advanceTimersByTime(19_000);
      expect([(await charge()).kind, connections]).toEqual(['approved', [1]]);
      vi.advanceTimersByTime(20_000);
      expect([(await charge()).kind, connections]).toEqual(['approved', [1, 2]]);
    } finally {
      await gateway.close();
      await door.stop();
      await service.stop();
    }
  });
});

/** A server of grpc-js that ends its connections when they are that old; counts the calls for each reservation. */
async function startAgingService(
  maxAgeMs: number,
): Promise<{ readonly port: number; readonly calls: ReadonlyMap<string, number> }> {
  const calls = new Map<string, number>();
  const server = new Server({ 'grpc.max_connection_age_ms': maxAgeMs, 'grpc.max_connection_age_grace_ms': 20_000 });
  const handlers: PaymentServiceHandlers = {
    ProcessPayment({ request: { reservation_id: id } }, callback) {
      calls.set(id, (calls.get(id) ?? 0) + 1);
      setTimeout(() => callback(null, { success: true, transaction_id: `TXN-${id}` }), calls.size % 5);
    },
    GetPaymentStatus: (_, callback) => callback({ code: status.NOT_FOUND }),
  };
  server.addService(paymentServiceDefinition, handlers);
  onTestFinished(() => server.forceShutdown());
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return { port, calls };
}

test('beside a service that ages its connections no charge is unknown without idempotency, and none is made twice', async () => {
  const { port, calls } = await startAgingService(100);
  const gateway = createGrpcPaymentGateway({ host: '127.0.0.1', port, idempotency: 'none' });
  onTestFinished(() => gateway.close());
  const charged = new Set<string>();
  const others = new Set<string>();
  let charges = 0;
  let attempts = 0;
  const maySend = (): boolean => (attempts += 1) > 0;
  const chargeOn = async (isOver: () => boolean): Promise<void> => {
    while (!isOver()) {
      charges += 1;
      const reservationId: ReservationId = exampleId(charges);
      const request = { ...EXAMPLE_CHARGE, reservationId };
      const outcome = await gateway.charge(request, { signal: new AbortController().signal, maySend });
      if (outcome.kind === 'approved') charged.add(reservationId);
      else others.add(outcome.kind);
    }
  };
  // Until some attempts were repeated: without idempotency these are refused streams, and nothing else.
  const giveUpAt = Date.now() + 20_000;
  await Promise.all(
    Array.from({ length: 16 }, () => chargeOn(() => attempts - charges >= 20 || Date.now() > giveUpAt)),
  );
  expect(attempts).toBeGreaterThan(charges);
  expect([...others].filter((kind) => kind !== 'not-sent')).toEqual([]);
  expect(new Set(calls.keys())).toEqual(charged);
  expect([...calls.values()].filter((count) => count !== 1)).toEqual([]);
}, 60_000);

test('a process ends by itself once its gateway is closed, whatever was under way', async () => {
  const program = `
    import { createServer } from 'node:net';
    import { createGrpcPaymentGateway } from './gateway.ts';
    const silent = createServer((socket) => socket.unref().resume()).unref();
    silent.listen(0, '127.0.0.1', async () => {
      const charge = { reservationId: 'RES-1', userId: 'u', money: { amountMinor: 1, currency: 'EUR', decimals: 2 } };
      const options = { signal: new AbortController().signal, maySend: () => true };
      const refused = createGrpcPaymentGateway({ host: '127.0.0.1', port: 1 });
      const waiting = createGrpcPaymentGateway({ host: '127.0.0.1', port: silent.address().port, attemptTimeoutMs: 60000 });
      const outcomes = [refused.charge(charge, options), waiting.charge(charge, options)];
      setTimeout(() => { refused.close(); waiting.close(); }, 200);
      console.log(JSON.stringify((await Promise.all(outcomes)).map(({ kind }) => kind)));
    });
  `;
  const flags = ['--conditions=@reservations/source', '--input-type=module-typescript', '--eval', program];
  const { stdout } = await promisify(execFile)(process.execPath, flags, { cwd: import.meta.dirname, timeout: 20_000 });
  expect(stdout).toBe('["not-sent","not-sent"]\n');
});
