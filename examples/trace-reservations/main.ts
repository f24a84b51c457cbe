// Makes one reservation through an engine with a tracer, and prints its spans.
import { createReservations } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { createMemoryStore } from '@reservations/core/memory';
import { createOpenTelemetryTracer } from '@reservations/core/opentelemetry';
import { startSandboxPaymentService } from '@reservations/core/sandbox';
import { spanTree, startTracing } from './tracing.ts';

startTracing();

const sandbox = await startSandboxPaymentService({ ledgerPath: null });
const store = createMemoryStore();
const tracer = createOpenTelemetryTracer();
const gateway = createGrpcPaymentGateway({ host: sandbox.host, port: sandbox.port, tracer });
const reservations = createReservations({ store, gateway, tracer });
reservations.start();

const result = await reservations.create({ userId: 'ada', amount: '12.50', currency: 'EUR' });
if (result.kind === 'reservation') console.log(result.reservation.status);

await reservations.stop();
await gateway.close();
await store.close();
await sandbox.stop();

for (const line of spanTree()) console.log(line);
