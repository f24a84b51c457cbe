import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import * as conventions from '@opentelemetry/semantic-conventions';
import { createReservations, type PaymentGateway, type Reservations } from '@reservations/core';
import { createGrpcPaymentGateway, type GrpcPaymentGatewayOptions } from '@reservations/core/grpc';
import { createMemoryStore } from '@reservations/core/memory';
import { createOpenTelemetryTracer } from '@reservations/core/opentelemetry';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { createHandler } from '../http/handler.ts';
import { startServer } from '../http/server.ts';
import { logObserver } from '../observe/log.ts';
import { memoryLog } from '../observe/memory-log-fixture.ts';

const exporter = new InMemorySpanExporter();
let exporterIsBroken = false;
const brokenAtTimes = {
  onStart: () => undefined,
  onEnd() {
    if (exporterIsBroken) throw new Error('the exporter is broken');
  },
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
trace.setGlobalTracerProvider(
  new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), brokenAtTimes] }),
);
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

beforeEach(() => {
  exporter.reset();
  exporterIsBroken = false;
});

const REQUEST = { userId: 'user_of_this_test', amount: '10.50', currency: 'EUR' };
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const TRACEPARENT = `00-${TRACE_ID}-00f067aa0ba902b7-01`;
const ATTEMPT = 'payment.PaymentService/ProcessPayment';

const tracer = createOpenTelemetryTracer();

/** An engine over a sandbox payment service. */
async function engine(options: Partial<GrpcPaymentGatewayOptions> = {}): Promise<Reservations> {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  const gateway = createGrpcPaymentGateway({ host: sandbox.host, port: sandbox.port, tracer, ...options });
  onTestFinished(async () => {
    await gateway.close();
    await sandbox.stop();
  });
  return createReservations({ store: createMemoryStore(), gateway, tracer, observer: () => undefined });
}

const declining: PaymentGateway = {
  idempotency: 'by-reservation-id',
  chargesMax: 512,
  charge: () => Promise.resolve({ kind: 'not-sent', cause: 'no-connection', detail: 'refused' }),
  close: () => Promise.resolve(),
};

function traceIds(name: string): readonly string[] {
  return exporter
    .getFinishedSpans()
    .filter((span) => span.name === name)
    .map((span) => span.spanContext().traceId)
    .toSorted();
}

test('the attempt of a charge that waited for its turn is in the trace of its own request', async () => {
  const reservations = await engine({ concurrencyMax: 1 });
  await Promise.all([1, 2, 3].map(() => reservations.create(REQUEST)));
  expect(new Set(traceIds(ATTEMPT)).size).toBe(3);
  expect(traceIds(ATTEMPT)).toEqual(traceIds('reservations create'));
});

test('an exporter that throws keeps no caller from its verdict', async () => {
  const reservations = await engine();
  exporterIsBroken = true;
  expect(await reservations.create(REQUEST)).toMatchObject({
    kind: 'reservation',
    reservation: { stage: 'confirmed' },
  });
});

test('a create with a traceparent continues that trace, and its events are in it', async () => {
  const store = createMemoryStore();
  const reservations = createReservations({ store, gateway: declining, tracer, observer: () => undefined });
  await reservations.create(REQUEST, { traceparent: TRACEPARENT });
  const [created] = await store.events.readAll({ after: 0, limit: 1 });
  expect(created?.metadata.traceparent?.slice(3, 35)).toBe(TRACE_ID);
  expect(traceIds('reservations create')).toEqual([TRACE_ID]);
});

test('spans are below the span of an application that embeds the service', async () => {
  const store = createMemoryStore();
  const reservations = createReservations({ store, gateway: declining, tracer, observer: () => undefined });
  const handler = createHandler({ reservations, store, tracer, auth: 'none' });
  const outer = trace.getTracer('application').startSpan('application');
  const server = createServer((request, response) => {
    context.with(trace.setSpan(context.active(), outer), () => handler(request, response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}/reservations/x`, { headers: { traceparent: TRACEPARENT } })).text();
  await vi.waitFor(() => {
    expect(traceIds('GET /reservations/:reservation_id')).toEqual([outer.spanContext().traceId]);
  });
});

test('what a client puts into a path is in no span, and every attribute is one of the stable conventions or of ours', async () => {
  const store = createMemoryStore();
  const reservations = createReservations({ store, gateway: declining, tracer, observer: () => undefined });
  const server = await startServer({ store, gateway: declining, reservations, tracer });
  onTestFinished(() => server.stop());
  const result = await reservations.create(REQUEST);
  const id = result.kind === 'reservation' ? result.reservation.reservationId : '';
  for (const path of ['/ada@example.org?q=ada', '/reservations/ada@example.org', `/reservations/${id}`]) {
    await (await fetch(server.url + path)).text();
  }
  const sandboxed = await engine();
  await sandboxed.create(REQUEST);
  const attributes = exporter.getFinishedSpans().map((span) => span.attributes);
  expect(attributes.flatMap((each) => each['url.path'] ?? [])).toEqual([
    'REDACTED',
    '/reservations/REDACTED',
    `/reservations/${id}`,
  ]);
  expect(JSON.stringify(attributes)).not.toContain('ada');
  const stable = new Set<unknown>(Object.values(conventions));
  const names = new Set(attributes.flatMap((each) => Object.keys(each)));
  expect(names).toContain('rpc.status_code');
  expect([...names].filter((name) => !stable.has(name) && !name.startsWith('reservations.'))).toEqual([]);
});

test('lines of the engine name the trace of the request that they are about', async () => {
  const log = memoryLog(() => tracer.current());
  const store = createMemoryStore();
  const observer = logObserver(log.logger);
  const reservations = createReservations({ store, gateway: declining, tracer, observer });
  await reservations.create(REQUEST, { traceparent: TRACEPARENT });
  log.logger.info('of no request');
  expect(log.lines()).toEqual([
    expect.objectContaining({ kind: 'charge-ended', trace_id: TRACE_ID }),
    { level: 30, msg: 'of no request' },
  ]);
});
