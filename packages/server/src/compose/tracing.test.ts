import { context, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { createReservations } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { createMemoryStore } from '@reservations/core/memory';
import { createOpenTelemetryTracer, hasOpenTelemetrySdk } from '@reservations/core/opentelemetry';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { readConfig } from '../config/config.ts';
import { startServer } from '../http/server.ts';
import { memoryLog } from '../observe/memory-log-fixture.ts';
import { SERVER_SETTINGS } from './drivers.ts';
import { startService } from './service.ts';

const hadSdk = hasOpenTelemetrySdk();

// The SDK of an application, registered once as applications do.
const exporter = new InMemorySpanExporter();
const begun: string[] = [];
const order: SpanProcessor = {
  onStart: (span) => void begun.push(span.spanContext().spanId),
  onEnd: () => undefined,
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
};
trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter), order] }));
context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());

beforeEach(() => exporter.reset());

const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';
const CLIENT_SPAN = '00f067aa0ba902b7';
const TRACEPARENT = `00-${TRACE_ID}-${CLIENT_SPAN}-01`;

const ATTEMPT = 'payment.PaymentService/ProcessPayment';

/** A server over a sandbox payment service, with traces. */
async function start(port?: number) {
  const sandbox = await startSandboxPaymentService({ ledgerPath: null });
  const tracer = createOpenTelemetryTracer();
  const { logger, lines } = memoryLog();
  const store = createMemoryStore();
  const gateway = createGrpcPaymentGateway({ host: sandbox.host, port: port ?? sandbox.port, tracer });
  const reservations = createReservations({ store, gateway, tracer, observer: () => undefined });
  const server = await startServer({ store, gateway, reservations, tracer, logger });
  onTestFinished(async () => {
    await server.stop();
    await sandbox.stop();
  });
  async function post(userId: string): Promise<{ readonly status: number; readonly id: string }> {
    const response = await fetch(`${server.url}/reservations`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', traceparent: TRACEPARENT },
      body: JSON.stringify({ user_id: userId, amount: 10.5, currency: 'EUR' }),
    });
    const body = (await response.json()) as Record<string, unknown>;
    const detail = (body['detail'] ?? body) as { readonly reservation_id: string };
    return { status: response.status, id: detail.reservation_id };
  }
  return { server, store, lines, post };
}

/** Finished spans of a trace in the order of their beginnings, each with the name of its parent. */
function spansOf(traceId: string): readonly (readonly [parent: string, name: string])[] {
  const spans = exporter.getFinishedSpans().filter((span) => span.spanContext().traceId === traceId);
  const names = new Map(spans.map((span) => [span.spanContext().spanId, span.name]));
  const place = (span: ReadableSpan): number => begun.indexOf(span.spanContext().spanId);
  return spans
    .toSorted((a, b) => place(a) - place(b))
    .map((span) => [names.get(span.parentSpanContext?.spanId ?? '') ?? '', span.name] as const);
}

function finished(name: string): ReadableSpan {
  const span = exporter.getFinishedSpans().find((each) => each.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
}

test('a request is one trace, from the client to each attempt and each append', async () => {
  const { post, store, lines } = await start();
  const { id } = await post('user_of_this_test');
  await vi.waitFor(() => expect(lines().some(({ msg }) => msg === 'request')).toBe(true));
  expect(spansOf(TRACE_ID)).toEqual([
    ['', 'POST /reservations'],
    ['POST /reservations', 'reservations create'],
    ['reservations create', 'reservations append'],
    ['reservations create', 'reservations charge'],
    ['reservations charge', ATTEMPT],
    ['reservations create', 'reservations append'],
  ]);
  const request = finished('POST /reservations');
  expect(request.parentSpanContext?.spanId).toBe(CLIENT_SPAN);
  expect(request.kind).toBe(SpanKind.SERVER);
  expect(request.attributes).toEqual({
    'http.request.method': 'POST',
    'http.response.status_code': 200,
    'http.route': '/reservations',
    'url.path': '/reservations',
    'url.scheme': 'http',
  });
  const attempt = finished(ATTEMPT);
  expect(attempt.kind).toBe(SpanKind.CLIENT);
  expect(attempt.attributes).toMatchObject({
    'rpc.system.name': 'grpc',
    'rpc.method': ATTEMPT,
    'rpc.status_code': 'OK',
  });
  expect(finished('reservations charge').attributes).toEqual({
    'reservations.reservation_id': id,
    'reservations.payment_outcome': 'approved',
  });
  expect(lines().find(({ msg }) => msg === 'request')).toMatchObject({ trace_id: TRACE_ID });
  const [created] = await store.events.readStream(id, { after: 0, limit: 1 });
  const { spanId } = finished('reservations create').spanContext();
  expect(created?.metadata.traceparent).toBe(`00-${TRACE_ID}-${spanId}-01`);
  const told = JSON.stringify(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes]));
  expect(told).not.toMatch(/user_of_this_test|10\.5|1050/);
});

test('an attempt that fails and a request that is answered with an error are marked', async () => {
  // Nothing listens on port 1.
  const { post } = await start(1);
  expect((await post('u1')).status).toBe(503);
  await vi.waitFor(() => finished('POST /reservations'));
  const attempts = exporter.getFinishedSpans().filter(({ name }) => name === ATTEMPT);
  expect(attempts).toHaveLength(3);
  for (const { status, attributes } of attempts) {
    expect(status.code).toBe(SpanStatusCode.ERROR);
    expect(attributes).toMatchObject({ 'rpc.status_code': 'UNAVAILABLE', 'error.type': 'UNAVAILABLE' });
  }
  expect(finished('reservations charge').attributes['error.type']).toBe('no-connection');
  expect(finished('POST /reservations').attributes).toMatchObject({ 'error.type': '503' });
});

test('settlement is a trace of its own that refers to the request', async () => {
  const tracer = createOpenTelemetryTracer();
  const store = createMemoryStore();
  let outcome: 'unknown' | 'approved' = 'unknown';
  const reservations = createReservations({
    store,
    tracer,
    observer: () => undefined,
    gateway: {
      idempotency: 'by-reservation-id',
      chargesMax: 512,
      charge: () =>
        Promise.resolve(
          outcome === 'approved'
            ? { kind: 'approved', transactionId: 'TXN-1', message: '' }
            : { kind: 'unknown', cause: 'deadline-exceeded', detail: '' },
        ),
      close: () => Promise.resolve(),
    },
  });
  await reservations.create({ userId: 'u1', amount: '10.50', currency: 'EUR' });
  const request = finished('reservations create').spanContext();
  outcome = 'approved';
  reservations.start();
  const settled = await vi.waitFor(() => finished('reservations settle'), 10_000);
  await reservations.stop();
  expect(settled.spanContext().traceId).not.toBe(request.traceId);
  expect(settled.links.map((link) => [link.context.traceId, link.context.spanId])).toEqual([
    [request.traceId, request.spanId],
  ]);
  expect(spansOf(settled.spanContext().traceId)).toEqual([
    ['', 'reservations settle'],
    ['reservations settle', 'reservations charge'],
    ['reservations settle', 'reservations append'],
  ]);
});

test('probes have no span', async () => {
  const { server, lines } = await start();
  await fetch(`${server.url}/health/ready`);
  await fetch(`${server.url}/reservations/RES-1`);
  await vi.waitFor(() => expect(lines().filter(({ msg }) => msg === 'request')).toHaveLength(2));
  expect(exporter.getFinishedSpans().map(({ name }) => name)).toEqual(['GET /reservations/:reservation_id']);
});

test('an SDK is known from its registration on', () => {
  expect(hadSdk).toBe(false);
  expect(hasOpenTelemetrySdk()).toBe(true);
});

test('a service records spans with the SDK that is registered when it starts', async () => {
  const flags = ['--sandbox', '--port', '0', '--log-level', 'silent', '--health-status', 'off'];
  const read = readConfig(SERVER_SETTINGS, { args: flags, env: {} });
  if (read.kind === 'faults') throw new Error(read.faults.join('\n'));
  const service = await startService(read.values);
  onTestFinished(() => service.stop());
  const headers = { 'Content-Type': 'application/json', traceparent: TRACEPARENT };
  await fetch(`${service.url}/reservations`, {
    method: 'POST',
    headers,
    body: JSON.stringify({ user_id: 'u1', amount: 10.5 }),
  });
  await vi.waitFor(() => finished('POST /reservations'));
  expect(spansOf(TRACE_ID).map(([, name]) => name)).toEqual([
    'POST /reservations',
    'reservations create',
    'reservations append',
    'reservations charge',
    ATTEMPT,
    'reservations append',
  ]);
});
