import type { ReservationStore } from '@reservations/core';
import { seededRandom, type SeededRandom } from '@reservations/core/testing';
import type { PlantedBug, PortWrappers } from '../bugs/planted-bug.ts';
import type { Violation } from '../checks/check.ts';
import { type Counters, createCounters } from '../evidence/counters.ts';
import { createEvidence, type Evidence } from '../evidence/evidence.ts';
import { createHistory, type History } from '../evidence/history.ts';
import type { FaultRates } from '../faults/fault-rates.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { drawSwarm, type Swarm } from '../faults/swarm.ts';
import { createDatabase } from '../ports/database.ts';
import { createPaymentService } from '../ports/payment-service.ts';
import { createServer, type SimServer } from '../servers/server.ts';
import { createWorld } from '../world/event-queue.ts';
import { createUuidSource, type UuidSource } from '../world/process.ts';
import type { World } from '../world/world.ts';

/** What may differ from what the seed decides. */
export interface SimulationOptions {
  readonly bug?: PlantedBug | undefined;
  /** Replaces the seed's own configuration, to switch things off one at a time. */
  readonly swarm?: Swarm | undefined;
}

/** The system under test and everything around it, for one run. */
export interface Simulation {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly world: World;
  readonly random: SeededRandom;
  readonly evidence: Evidence;
  readonly history: History;
  readonly counters: Counters;
  readonly database: ReservationStore;
  readonly servers: readonly SimServer[];
  readonly uuids: UuidSource;
  readonly wrappers: PortWrappers;
  /** The present rates; all 0 once the faults have ended. */
  faults: FaultRates;
  clientsLeft: number;
  violation: Violation | null;
}

/** World time at which every run starts. */
export const START_AT: number = Date.UTC(2026, 0, 1);

/** Builds the system of a seed; nothing of it runs yet. */
export function buildSimulation(seed: number, { bug, swarm = drawSwarm(seed) }: SimulationOptions): Simulation {
  const world = createWorld(START_AT);
  const random = seededRandom(seed).fork('run');
  const history = createHistory(() => world.now());
  const evidence = createEvidence();
  const database = createDatabase(evidence, history);
  const servers: SimServer[] = [];
  const simulation: Simulation = {
    seed,
    swarm,
    world,
    random,
    evidence,
    history,
    counters: createCounters(),
    database,
    servers,
    uuids: createUuidSource(),
    wrappers: bug?.plant() ?? {},
    faults: swarm.faults,
    clientsLeft: swarm.clients,
    violation: null,
  };
  const { uuids, wrappers } = simulation;
  const service = createPaymentService(
    evidence,
    callDeps(simulation, 'payment service'),
    swarm.mode === 'by-reservation-id',
  );
  let chargeRuns = 0;
  const nextChargeRun = (): number => (chargeRuns += 1);
  for (let number = 1; number <= swarm.servers; number += 1) {
    const shared = { swarm, evidence, database, service, uuids, wrappers, nextChargeRun };
    servers.push(createServer(`s${number}`, { ...callDeps(simulation, `server ${number}`), ...shared }));
  }
  return simulation;
}

/** The dependencies of a component's calls, with a sequence of random numbers of its own. */
export function callDeps(simulation: Simulation, component: string): CallDeps {
  const { world, history, counters, random } = simulation;
  return { world, history, counters, random: random.fork(component), faults: () => simulation.faults };
}
