import { expect, test } from 'vitest';
import { createMemoryStore } from '../../adapters/memory/index.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createEngineFixture, REQUEST } from '../engine-fixture.ts';
import { LEASE_MS } from './limits.ts';

const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };

test.each([approved, { kind: 'declined', message: 'no funds' }] as const)(
  'settlement sends nothing for a payment whose verdict, "$kind", came between its lease and its look at the stream',
  async (verdict) => {
    const memory = createMemoryStore();
    const reached = Promise.withResolvers<undefined>();
    const goOn = Promise.withResolvers<undefined>();
    const slowReader: ReservationStore = {
      ...memory,
      events: {
        ...memory.events,
        async readStream(stream, page) {
          reached.resolve(undefined);
          await goOn.promise;
          return await memory.events.readStream(stream, page);
        },
      },
    };
    const { engine, gateway, runtime, restart, events } = createEngineFixture({ store: memory });
    const slow = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => slow.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    const other = restart({ store: slowReader });
    other.start();
    await runtime.advance(LEASE_MS + 2_000);
    await reached.promise;
    slow.resolve(verdict);
    const result = await creating;
    if (result.kind !== 'reservation') throw new Error(result.kind);
    gateway.script(() => approved);
    goOn.resolve(undefined);
    await runtime.advance(1_000);
    expect(gateway.charges).toHaveLength(1);
    expect(await events(result.reservation.reservationId)).toHaveLength(2);
    expect(await memory.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    await other.stop();
  },
);
