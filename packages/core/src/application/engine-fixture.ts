import { createMemoryStore } from '../adapters/memory/index.ts';
import type { ReservationId } from '../domain/ids.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import type { Observation } from '../ports/observer.ts';
import type { PaymentIdempotency } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { createManualRuntime, type ManualRuntime } from '../testing/manual-runtime.ts';
import { createScriptedGateway, type ScriptedGateway } from '../testing/scripted-gateway.ts';
import type { CreateOptions } from './reserve/create-reservation.ts';
import { createEngine, type EngineOptions, type Reservations } from './engine.ts';

/** An engine over a memory store, a scripted gateway and a clock that stands still, for the tests of this layer. */
export interface EngineFixture {
  readonly store: ReservationStore;
  readonly gateway: ScriptedGateway;
  readonly runtime: ManualRuntime;
  readonly observations: readonly Observation[];
  readonly engine: Reservations;
  /** Creates a reservation of 10.50 EUR for "u1" and returns it. */
  create(options?: CreateOptions): Promise<ReservationSummary>;
  /** The types of the stream's events. */
  events(id: string): Promise<readonly string[]>;
  /** Another engine on the same store, as after a restart. */
  restart(options?: Partial<EngineOptions>): Reservations;
}

export const REQUEST = { userId: 'u1', amount: '10.50', currency: 'EUR' };

/** Builds the fixture; options go to the engine. */
export function createEngineFixture(
  options: Partial<EngineOptions> & { readonly idempotency?: PaymentIdempotency } = {},
): EngineFixture {
  const { idempotency, ...engineOptions } = options;
  const store = engineOptions.store ?? createMemoryStore();
  const gateway = createScriptedGateway(idempotency);
  const runtime = createManualRuntime();
  const observations: Observation[] = [];
  const deps: EngineOptions = {
    store,
    gateway,
    runtime,
    observer: (seen) => observations.push(seen),
    ...engineOptions,
  };
  const engine = createEngine(deps);
  return {
    store,
    gateway,
    runtime,
    observations,
    engine,
    async create(createOptions = {}) {
      const result = await engine.create(REQUEST, createOptions);
      if (result.kind !== 'reservation') throw new Error(`expected a reservation, got ${result.kind}`);
      return result.reservation;
    },
    async events(id) {
      const events = await store.events.readStream(id, { after: 0, limit: 100 });
      return events.map((event) => event.type);
    },
    restart: (changed = {}) => createEngine({ ...deps, ...changed }),
  };
}

/** The only reservation of the store. */
export async function onlyReservation(store: ReservationStore): Promise<ReservationId> {
  const [first] = await store.events.readAll({ after: 0, limit: 1 });
  if (first === undefined) throw new Error('the store is empty');
  return first.stream as ReservationId;
}
