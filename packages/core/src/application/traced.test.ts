import { expect, test } from 'vitest';
import { createMemoryStore } from '../adapters/memory/index.ts';
import type { EventStore } from '../ports/event-store.ts';
import type { PaymentGateway, PaymentIdempotency } from '../ports/payment-gateway.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { Tracer } from '../ports/tracer.ts';
import { createEngineFixture } from './engine-fixture.ts';
import { traceGateway, traceStore } from './traced.ts';

/** A tracer that keeps the names of its spans. */
function recordingTracer(): Tracer & { readonly names: string[] } {
  const names: string[] = [];
  const ignore = (): undefined => undefined;
  return {
    names,
    inSpan(name, _options, work) {
      names.push(name);
      return work({ set: ignore, rename: ignore, fail: ignore, link: ignore });
    },
    current: () => null,
  };
}

/** A log whose methods need their own `this`. */
class Events implements EventStore {
  readonly #inner = createMemoryStore().events;
  append(...args: Parameters<EventStore['append']>): ReturnType<EventStore['append']> {
    return this.#inner.append(...args);
  }
  readStream(...args: Parameters<EventStore['readStream']>): ReturnType<EventStore['readStream']> {
    return this.#inner.readStream(...args);
  }
  readAll(...args: Parameters<EventStore['readAll']>): ReturnType<EventStore['readAll']> {
    return this.#inner.readAll(...args);
  }
  lastPosition(): Promise<number> {
    return this.#inner.lastPosition();
  }
  onCommit(...args: Parameters<EventStore['onCommit']>): ReturnType<EventStore['onCommit']> {
    return this.#inner.onCommit(...args);
  }
}

class Store implements ReservationStore {
  readonly #inner = createMemoryStore();
  readonly #events = new Events();
  get events(): EventStore {
    return this.#events;
  }
  get view(): ReservationStore['view'] {
    return this.#inner.view;
  }
  get repair(): ReservationStore['repair'] {
    return this.#inner.repair;
  }
  get work(): ReservationStore['work'] {
    return this.#inner.work;
  }
  get subscriptions(): ReservationStore['subscriptions'] {
    return this.#inner.subscriptions;
  }
  get apiKeys(): ReservationStore['apiKeys'] {
    return this.#inner.apiKeys;
  }
  checkWritable(): Promise<void> {
    return this.#inner.checkWritable();
  }
  close(): Promise<void> {
    return this.#inner.close();
  }
}

class Gateway implements PaymentGateway {
  readonly #outcome: PaymentOutcome;
  isClosed = false;
  constructor(outcome: PaymentOutcome) {
    this.#outcome = outcome;
  }
  get idempotency(): PaymentIdempotency {
    return 'none';
  }
  get chargesMax(): number {
    return 1;
  }
  charge(): Promise<PaymentOutcome> {
    return Promise.resolve(this.#outcome);
  }
  async close(): Promise<void> {
    this.isClosed = true;
  }
}

test('a store made of classes keeps its members behind a tracer', async () => {
  const tracer = recordingTracer();
  const store = traceStore(new Store(), tracer);
  expect(await store.events.lastPosition()).toBe(0);
  expect(await store.events.readAll({ after: 0, limit: 1 })).toEqual([]);
  expect(await store.events.readStream('a', { after: 0, limit: 1 })).toEqual([]);
  expect(await store.view.count({ stage: 'processing', max: 1 })).toBe(0);
  expect(await store.work.list({ kind: 'charge', limit: 1 })).toEqual([]);
  expect(await store.subscriptions.list({ limit: 1 })).toEqual([]);
  expect(await store.apiKeys.list({ after: null, limit: 1 })).toEqual([]);
  store.events.onCommit(() => undefined)();
  await store.checkWritable();
  await store.close();
});

test('a gateway made of a class keeps its promise about repeated charges and its bound behind a tracer', async () => {
  const gateway = new Gateway({ kind: 'declined', message: 'no' });
  const traced = traceGateway(gateway, recordingTracer());
  expect([traced.idempotency, traced.chargesMax]).toEqual(['none', 1]);
  await traced.close();
  expect(gateway.isClosed).toBe(true);
});

test('with a tracer, nothing is sent again to a gateway made of a class that is not idempotent', async () => {
  const tracer = recordingTracer();
  const gateway = new Gateway({ kind: 'unknown', cause: 'deadline-exceeded', detail: '' });
  const { engine, create, runtime, events } = createEngineFixture({ gateway, tracer });
  const { reservationId } = await create();
  engine.start();
  await runtime.advance(60_000);
  await engine.stop();
  expect(await events(reservationId)).toEqual(['RESERVATION_CREATED', 'PAYMENT_UNRESOLVED', 'PAYMENT_ESCALATED']);
  expect(tracer.names.filter((name) => name === 'reservations charge')).toHaveLength(1);
});
