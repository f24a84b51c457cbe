import { describe, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore } from '../adapters/memory/index.ts';
import { openSqliteStore } from '../adapters/sqlite/index.ts';
import { createTestDirectories } from '../adapters/sqlite/test-support.ts';
import { chargeIdOf } from '../domain/charge-id.ts';
import type { ReservationId } from '../domain/ids.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { exampleEvent, NOTHING_ALONGSIDE } from '../testing/builders.ts';
import { handleCommand, keepKey } from './commands/handle-command.ts';
import { loadReservation } from './commands/load-reservation.ts';
import { createEngineFixture, onlyReservation, REQUEST } from './engine-fixture.ts';
import { newerRow, writeHeld, writeNewer } from './newer-fixture.ts';
import { openPayments } from './operations/open-payments.ts';
import { reconcileLedger } from './operations/reconcile-ledger.ts';
import { repairView } from './operations/repair-view.ts';
import { resolveByLedger } from './operations/resolve-by-ledger.ts';
import { verifyStore } from './operations/verify-store.ts';
import { LEASE_MS } from './payments/limits.ts';

async function openFile(): Promise<ReservationStore> {
  const directories = createTestDirectories();
  const store = await openSqliteStore({ path: await directories.newPath() });
  onTestFinished(async () => {
    await store.close();
    await directories.remove();
  });
  return store;
}

const STORES: readonly (readonly [string, () => Promise<ReservationStore>])[] = [
  ['memory', async () => createMemoryStore()],
  ['sqlite', openFile],
];

const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };

/** A fault that names the first event of a later release, and what to do. */
function newerAt(position: number, stream: string, version: number, type: string, schemaVersion: number): object {
  return expect.objectContaining({
    code: 'STORE_NEWER',
    message:
      `the event at position ${position}, stream ${stream}, version ${version} is ${type}, schema version ` +
      `${schemaVersion}, which this release does not know: a later release wrote it; use that release or a later one`,
  }) as object;
}

describe.each(STORES)('a %s store with events of a later release', (_, open) => {
  test('answers folding their streams with STORE_NEWER', async () => {
    const store = await open();
    const { begun, held } = await writeNewer(store);
    await expect(loadReservation(store.events, begun)).rejects.toEqual(newerAt(1, begun, 1, 'RESERVATION_CREATED', 99));
    await expect(loadReservation(store.events, held)).rejects.toEqual(newerAt(3, held, 2, 'RESERVATION_HELD', 1));
  });

  test('serves the rows of the view, and new reservations', async () => {
    const { engine, create, store } = createEngineFixture({ store: await open() });
    const { begun, held } = await writeNewer(store);
    expect(await engine.get(begun)).toEqual(newerRow(begun, 1));
    const { reservationId } = await create();
    const { reservations } = await engine.list();
    expect(new Set(reservations.map((row) => row.reservationId))).toEqual(new Set([begun, held, reservationId]));
  });

  test('keeps settlement from their payments: nothing is sent, escalated or given back', async () => {
    const { engine, gateway, runtime, observations, store } = createEngineFixture({ store: await open() });
    const faults = (): unknown => observations.filter(({ kind }) => kind !== 'settlement-looked');
    const { held } = await writeNewer(store);
    engine.start();
    await runtime.advance(0);
    const found = { kind: 'settlement-fault', reservationId: held, error: newerAt(3, held, 2, 'RESERVATION_HELD', 1) };
    expect(faults()).toEqual([found]);
    const [item] = await store.work.list({ kind: 'charge', limit: 10 });
    expect(item).toMatchObject({ id: chargeIdOf(held), lastOutcome: null, dueAt: runtime.clock.now() + LEASE_MS });
    await runtime.advance(LEASE_MS - 1);
    expect(faults()).toHaveLength(1);
    await runtime.advance(2_000);
    expect(faults()).toEqual([found, found]);
    expect([gateway.charges, await store.events.lastPosition()]).toEqual([[], 4]);
    await engine.stop();
  });

  test('answers a command that meets them behind its own position with STORE_NEWER', async () => {
    const { create, runtime, gateway, store } = createEngineFixture({ store: await open() });
    gateway.script(() => unknown);
    const { reservationId: id, version } = await create();
    const loaded = await loadReservation(store.events, id);
    await writeHeld(store, id, version);
    const command = { type: 'escalate', reason: 'settlement-gave-up', detail: '', at: '' } as const;
    const work = { kind: 'charge', id: chargeIdOf(id) } as const;
    const handling = handleCommand(
      { events: store.events, runtime },
      { id, command, loaded, work: () => ({ change: 'remove', ...work, onlyIfLeasedBy: null }), key: keepKey },
    );
    await expect(handling).rejects.toEqual(newerAt(3, id, 3, 'RESERVATION_HELD', 1));
    expect(await store.events.lastPosition()).toBe(3);
  });

  test('gives a request whose verdict meets them the id of its reservation', async () => {
    const { engine, runtime, gateway, observations, store } = createEngineFixture({ store: await open() });
    const charge = Promise.withResolvers<PaymentOutcome>();
    gateway.script(() => charge.promise);
    const creating = engine.create(REQUEST);
    await runtime.advance(0);
    await expect.poll(() => gateway.charges.length).toBe(1);
    const id = await onlyReservation(store);
    await writeHeld(store, id, 1);
    charge.resolve(approved);
    expect(await creating).toMatchObject({ kind: 'reservation', reservation: { reservationId: id } });
    expect(observations).toContainEqual({
      kind: 'charge-fault',
      reservationId: id,
      error: newerAt(2, id, 2, 'RESERVATION_HELD', 1),
    });
  });

  test('has no fault: verification counts their streams', async () => {
    const { create, gateway, store } = createEngineFixture({ store: await open() });
    await writeNewer(store);
    gateway.script(() => unknown);
    await create();
    expect(await verifyStore(store)).toEqual({ events: 6, streams: 4, open: 2, newer: 3, faults: [] });
  });

  test('has a fault where an event of this release in such a stream is damaged', async () => {
    const store = await open();
    const { begun } = await writeNewer(store);
    const events = [exampleEvent(7, { type: 'RESERVATION_CONFIRMED', data: {} })];
    await store.events.append({
      stream: begun,
      expected: 1,
      events,
      commandId: 'damage',
      inlineWrites: NOTHING_ALONGSIDE,
    });
    expect((await verifyStore(store)).faults).toEqual([
      `the event at position 5, stream ${begun} cannot be read: ` +
        'RESERVATION_CONFIRMED.transactionId should be a string, is absent',
    ]);
  });

  test('keeps their rows in a repair of the view', async () => {
    const { create, runtime, store } = createEngineFixture({ store: await open() });
    const { begun, held } = await writeNewer(store);
    await create();
    expect(await repairView(store, { runtime })).toMatchObject({
      position: 6,
      reservations: 1,
      newer: 3,
      written: 0,
      removed: 0,
    });
    expect([await store.view.find(begun), await store.view.find(held)]).toEqual([
      newerRow(begun, 1),
      newerRow(held, 2),
    ]);
  });

  test('is compared with the ledger by the view; a stage of a later release is not judged', async () => {
    const store = await open();
    const { begun } = await writeNewer(store);
    const charge = { userId: 'user_1', amount: 10.5, currency: 'EUR', transactionId: 'TXN-1' };
    const { reservations, differences } = await reconcileLedger(store, [{ reservationId: begun, ...charge }]);
    expect([reservations, differences]).toEqual([2, []]);
  });

  test('leaves an escalated payment among them to the later release', async () => {
    const { create, gateway, runtime, store } = createEngineFixture({ store: await open(), answerUnknownAs: 'failed' });
    gateway.script(() => unknown);
    const { reservationId, version } = await create();
    const { reservation } = await writeHeldAs(store, reservationId, version);
    expect(await openPayments(store)).toMatchObject({ payments: [{ reservation, lastOutcome: null }] });
    const charge = {
      reservationId,
      userId: 'u1',
      amount: 10.5,
      currency: 'EUR',
      transactionId: 'TXN-1',
      source: 'line 1',
    };
    expect(await resolveByLedger(store, [charge], { actor: 'Ada', runtime })).toEqual({
      resolved: [],
      left: [{ reservation, why: 'of-a-later-release' }],
    });
  });
});

/** An event of a later release that leaves the row escalated. */
async function writeHeldAs(store: ReservationStore, id: ReservationId, version: number) {
  const before = await store.view.find(id);
  if (before === null) throw new Error('the reservation exists');
  const reservation = { ...before, version: version + 1 };
  await writeHeld(store, id, version, reservation);
  return { reservation };
}
