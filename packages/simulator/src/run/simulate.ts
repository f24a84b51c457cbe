import type { ReservationStore } from '@reservations/core';
import type { PlantedBug, PortWrappers } from '../bugs/planted-bug.ts';
import { runNemesis, runLogFollower } from '../actors/nemesis.ts';
import { runWorkloadClient } from '../workload/workload-client.ts';
import { context } from '../world/context.ts';
import { createDatabase } from '../ports/database.ts';
import { createEvidence, type Evidence, noStepEvidence } from '../evidence/evidence.ts';
import { createClientNetwork } from '../workload/client-network.ts';
import { createHistory, type History } from '../evidence/history.ts';
import { runFinalChecks } from '../checks/final-checks.ts';
import { STEP_CHECKS } from '../checks/step-checks.ts';
import type { CheckFailure, Assumptions } from '../checks/check.ts';
import { openReservations } from '../checks/nothing-stays-open.ts';
import { LEDGER_SETTLES_MS, runOperator } from '../actors/operator.ts';
import { createUuidSource, type UuidSource } from '../world/process.ts';
import { seededRandom, type SeededRandom } from '../world/seeded-random.ts';
import { runRepairer } from '../actors/repairer.ts';
import { createServer, type SimServer } from '../servers/server.ts';
import { createPaymentService } from '../ports/payment-service.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { drawSwarm, type FaultRates, NO_FAULTS, type Swarm } from '../faults/swarm.ts';
import { createCounters, type Counters } from '../evidence/counters.ts';
import { installVirtualGlobals } from '../world/virtual-globals.ts';
import { createWorld, type World } from '../world/world.ts';

/** A broken invariant: which, where and when. */
export interface Violation extends CheckFailure {
  readonly number: string;
  readonly invariant: string;
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
}

/** A run from its first event to its end, or to the first broken invariant. */
export interface SimulationResult {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly violation: Violation | null;
  readonly history: History;
  readonly counters: Counters;
}

/** What may differ from what the seed decides. */
export interface SimulationOptions {
  readonly bug?: PlantedBug | undefined;
  /** In place of the seed's own: to switch things off one at a time. */
  readonly swarm?: Swarm | undefined;
}

/** A run under way. */
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
  faults: FaultRates;
  clientsLeft: number;
  violation: Violation | null;
}

const START_AT = Date.UTC(2026, 0, 1);

/** Late duplicates and late appends are all over after this time. */
const AFTERMATH_MS = 30_000;

/** What was escalated last has been decided by a person after this time. */
const OPERATOR_MS = LEDGER_SETTLES_MS + 10_000;

/** Runs one seed: first with faults, then without, until nothing is left to do. The same seed is the same run. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  installVirtualGlobals();
  const simulation = build(seed, options);
  const { world, swarm, evidence, history, counters } = simulation;
  const noteUnhandled = (error: unknown): void =>
    void evidence.step.undocumentedErrors.push({ who: 'unhandled', error });
  process.on('unhandledRejection', noteUnhandled);
  await context
    .run({ world, owner: null, run: null }, () => runPhases(simulation))
    .finally(() => process.off('unhandledRejection', noteUnhandled));
  counters.steps = world.steps();
  countUnknown(evidence, counters);
  return { seed, swarm, violation: simulation.violation, history, counters };
}

async function runPhases(simulation: Simulation): Promise<void> {
  const { world, swarm, servers, history } = simulation;
  const isBroken = (): boolean => checkStep(simulation);
  startEverything(simulation);
  const healAt = START_AT + swarm.faultyMs;
  await world.run(healAt, isBroken);
  if (simulation.violation !== null) return;
  history.add('world', 'all faults end');
  simulation.faults = NO_FAULTS;
  for (const server of servers) server.life()?.process.correctClock();
  const boundMs = livenessBoundMs(swarm);
  await world.run(healAt + boundMs, () => isBroken() || isQuiet(simulation));
  if (simulation.violation !== null) return;
  const stops = servers.map((server) => server.stop());
  let stopped = 0;
  for (const stop of stops) stop.then(() => (stopped += 1)).catch(() => undefined);
  await world.run(world.now() + (swarm.hasOperator ? OPERATOR_MS : AFTERMATH_MS), isBroken);
  if (simulation.violation !== null) return;
  const failure = await runFinalChecks(simulation, { boundMs, areStopped: stopped === stops.length });
  if (failure !== null) report(simulation, failure);
}

function build(seed: number, { bug, swarm = drawSwarm(seed) }: SimulationOptions): Simulation {
  const world = createWorld(START_AT);
  const random = seededRandom(seed).fork('run');
  const history = createHistory(() => world.now());
  const evidence = createEvidence();
  const counters = createCounters();
  const database = createDatabase(evidence, history);
  const uuids = createUuidSource();
  const wrappers = bug?.plant() ?? {};
  let runs = 0;
  const servers: SimServer[] = [];
  const simulation: Simulation = {
    seed,
    swarm,
    world,
    random,
    evidence,
    history,
    counters,
    database,
    servers,
    uuids,
    wrappers,
    faults: swarm.faults,
    clientsLeft: swarm.clients,
    violation: null,
  };
  const deps = (name: string): CallDeps => ({
    world,
    history,
    counters,
    random: random.fork(name),
    faults: () => simulation.faults,
  });
  const service = createPaymentService(evidence, deps('payment service'), swarm.mode === 'by-reservation-id');
  const nextRun = (): number => (runs += 1);
  for (let number = 1; number <= swarm.servers; number += 1) {
    const shared = { swarm, evidence, database, service, uuids, wrappers, nextRun };
    servers.push(createServer(`s${number}`, { ...deps(`server ${number}`), ...shared }));
  }
  return simulation;
}

function startEverything(simulation: Simulation): void {
  const { world, random, history, evidence, counters, swarm, servers } = simulation;
  for (const server of servers) {
    server.start();
    void runNemesis(simulation, server, random.fork(`chaos of ${server.name}`));
  }
  const deps = { world, random: random.fork('operator'), history, counters, faults: () => simulation.faults };
  if (swarm.hasOperator) void runOperator(simulation, simulation.uuids, deps);
  if (swarm.hasRepairer) {
    void runRepairer(simulation, { ...deps, random: random.fork('repairer') });
  }
  void runLogFollower(simulation, random.fork('follower'));
  for (let number = 1; number <= swarm.clients; number += 1) {
    const own = random.fork(`client ${number}`);
    const faults = (): FaultRates => simulation.faults;
    const clientNetwork = createClientNetwork({ world, random: own.fork('door'), history, evidence, faults });
    runWorkloadClient(`c${number}`, { world, random: own, evidence, counters, swarm, clientNetwork, servers })
      .catch((error: unknown) => evidence.step.undocumentedErrors.push({ who: 'client', error }))
      .finally(() => (simulation.clientsLeft -= 1));
  }
}

/** How long it may take from the last fault until nothing is open, given how patient settlement is. */
function livenessBoundMs({ settlement, faultyMs }: Swarm): number {
  const clockErrorMs = 120_000;
  const freezeMs = 30_000;
  const requestMs = 2 * faultyMs + 60_000;
  const attempts = 6;
  const attemptMs = 20_000 + 16_000 + settlement.pollMs + 1.2 * settlement.backoffMaxMs;
  return clockErrorMs + freezeMs + requestMs + settlement.escalateAfterMs + attempts * attemptMs;
}

function isQuiet(simulation: Simulation): boolean {
  return simulation.clientsLeft === 0 && openReservations(simulation.evidence).length === 0;
}

/** Checks every invariant on what the step touched; true when one is broken. */
function checkStep(simulation: Simulation): boolean {
  const { evidence, swarm } = simulation;
  const assumptions: Assumptions = {
    isIdempotent: swarm.mode === 'by-reservation-id',
    clocksAreCorrect: swarm.faults.clockJump === 0,
  };
  for (const invariant of STEP_CHECKS) {
    const failure = invariant.check(evidence, assumptions);
    if (failure === null) continue;
    report(simulation, { ...failure, number: invariant.number, invariant: invariant.invariant });
    return true;
  }
  evidence.step = noStepEvidence();
  return false;
}

function report(simulation: Simulation, failure: Omit<Violation, 'atMs'>): void {
  simulation.violation = { ...failure, atMs: simulation.world.now() - START_AT };
  simulation.history.add('checker', `broken: ${failure.number}, ${failure.invariant}: ${failure.seen}`, failure.about);
}

function countUnknown(evidence: Evidence, counters: Counters): void {
  for (const { events } of evidence.reservations.values()) {
    if (!events.some((event) => event.type === 'PAYMENT_UNRESOLVED')) continue;
    const last = events.at(-1)?.type;
    if (last === 'RESERVATION_CONFIRMED') counters.unknownConfirmed += 1;
    if (last === 'RESERVATION_FAILED') counters.unknownFailed += 1;
    if (last === 'PAYMENT_ESCALATED') counters.unknownEscalated += 1;
  }
}
