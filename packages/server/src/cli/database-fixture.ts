import {
  type CreateRequest,
  createReservations,
  type PaymentOutcome,
  type ReservationId,
  type Reservations,
  type ReservationStore,
} from '@reservations/core';
import { openSqliteStore } from '@reservations/core/sqlite';
import { createScriptedGateway } from '@reservations/core/testing';
import { onTestFinished, vi } from 'vitest';
import { temporaryFile } from './cli-fixture.ts';

/** When the fixture's first reservation is made. */
export const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** A database of four reservations that is not served. The clock stands one minute after {@link START}. */
export interface DatabaseFixture {
  readonly path: string;
  /** Of ada. */
  readonly confirmed: ReservationId;
  /** Of bob. */
  readonly declined: ReservationId;
  /** Of eve: an operator is needed. */
  readonly escalated: ReservationId;
  /** Of carl: settlement will try. */
  readonly unresolved: ReservationId;
  /** Puts names in the place of ids. */
  named(text: string): string;
}

const OUTCOMES: Readonly<Record<string, PaymentOutcome>> = {
  bob: { kind: 'declined', message: 'Insufficient funds' },
  eve: { kind: 'unknown', cause: 'deadline-exceeded', detail: 'no answer in 5 s' },
  carl: { kind: 'unknown', cause: 'connection-lost', detail: 'the line went dead' },
};

/** The escalation is what the fixture is for; without an observer it would be written to standard error. */
const observer = (): void => undefined;

/** Makes the database with the engine and a scripted gateway; time stands still in this process from then on. */
export async function createDatabaseFixture(): Promise<DatabaseFixture> {
  vi.setSystemTime(START);
  onTestFinished(() => void vi.useRealTimers());
  const path = await temporaryFile('reservations.db');
  const store = await openSqliteStore({ path });
  const gateway = createScriptedGateway('none');
  gateway.script(
    ({ userId }) => OUTCOMES[userId] ?? { kind: 'approved', transactionId: `TXN-${userId}`, message: 'Approved' },
  );
  const confirmed = await create(createReservations({ store, gateway, observer }), 'ada');
  const declined = await create(createReservations({ store, gateway, observer }), 'bob');
  const escalated = await create(createReservations({ store, gateway, observer }), 'eve');
  vi.setSystemTime(START + 10_000);
  await escalate(store, gateway, escalated);
  const unresolved = await create(createReservations({ store, gateway, observer }), 'carl');
  await store.close();
  vi.setSystemTime(START + 60_000);
  const names = { [confirmed]: 'RES-ada', [declined]: 'RES-bob', [escalated]: 'RES-eve', [unresolved]: 'RES-carl' };
  return {
    path,
    confirmed,
    declined,
    escalated,
    unresolved,
    named: (text) => text.replaceAll(/RES-[0-9a-f-]{36}/g, (id) => names[id] ?? id),
  };
}

async function create(engine: Reservations, userId: string): Promise<ReservationId> {
  const request: CreateRequest = { userId, amount: '10.50', currency: 'EUR' };
  const result = await engine.create(request, { correlationId: `request-${userId}` });
  if (result.kind !== 'reservation') throw new Error(`expected a reservation, got ${result.kind}`);
  return result.reservation.reservationId;
}

/** Settlement may not send again, and escalates. */
async function escalate(
  store: ReservationStore,
  gateway: ReturnType<typeof createScriptedGateway>,
  id: ReservationId,
): Promise<void> {
  const engine = createReservations({ store, gateway, observer, settlement: { pollMs: 5 } });
  engine.start();
  await vi.waitFor(async () => {
    if ((await store.view.find(id))?.stage !== 'escalated') throw new Error('not escalated yet');
  });
  await engine.stop();
}
