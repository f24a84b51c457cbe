import type { ReservationStore } from '@reservations/core';
import type { Bug, Sabotage } from '../bugs/planted-bug.ts';
import { runChaos, runFollower } from '../actors/nemesis.ts';
import { runClient } from '../workload/workload-client.ts';
import { context } from '../world/context.ts';
import { createDatabase } from '../ports/database.ts';
import { createFacts, type Facts, noFreshFacts } from '../evidence/evidence.ts';
import { createFrontDoor } from '../workload/client-network.ts';
import { createHistory, type History } from '../evidence/history.ts';
import { findBreachInTheEnd } from '../checks/final-checks.ts';
import { INVARIANTS } from '../checks/step-checks.ts';
import type { Breach, Rules } from '../checks/check.ts';
import { openReservations } from '../checks/nothing-stays-open.ts';
import { LEDGER_SETTLES_MS, runOperator } from '../actors/operator.ts';
import { createUuidSource, type UuidSource } from '../world/process.ts';
import { createRandom, type Random } from '../world/seeded-random.ts';
import { runRepairer } from '../actors/repairer.ts';
import { createServer, type SimServer } from '../servers/server.ts';
import { createPaymentService } from '../ports/payment-service.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { drawSwarm, type Faults, NO_FAULTS, type Swarm } from '../faults/swarm.ts';
import { createTally, type Tally } from '../evidence/counters.ts';
import { installVirtualGlobals } from '../world/virtual-globals.ts';
import { createWorld, type World } from '../world/world.ts';

/** A broken promise: which, where and when. */
export interface Violation extends Breach {
  readonly number: string;
  readonly promise: string;
  /** Milliseconds since the start of the run. */
  readonly atMs: number;
}

/** A run from its first event to its end, or to the first broken promise. */
export interface SimulationResult {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly violation: Violation | null;
  readonly history: History;
  readonly tally: Tally;
}

/** What may differ from what the seed decides. */
export interface SimulationOptions {
  readonly bug?: Bug | undefined;
  /** In place of the seed's own: to switch things off one at a time. */
  readonly swarm?: Swarm | undefined;
}

/** A run under way. */
export interface Simulation {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly world: World;
  readonly random: Random;
  readonly facts: Facts;
  readonly history: History;
  readonly tally: Tally;
  readonly database: ReservationStore;
  readonly servers: readonly SimServer[];
  readonly uuids: UuidSource;
  readonly sabotage: Sabotage;
  faults: Faults;
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
  const { world, swarm, facts, history, tally } = simulation;
  const noteUnhandled = (error: unknown): void => void facts.fresh.surprises.push({ who: 'unhandled', error });
  process.on('unhandledRejection', noteUnhandled);
  await context
    .run({ world, owner: null, run: null }, () => runPhases(simulation))
    .finally(() => process.off('unhandledRejection', noteUnhandled));
  tally.steps = world.steps();
  countUnknown(facts, tally);
  return { seed, swarm, violation: simulation.violation, history, tally };
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
  const breach = await findBreachInTheEnd(simulation, { boundMs, areStopped: stopped === stops.length });
  if (breach !== null) report(simulation, breach);
}

function build(seed: number, { bug, swarm = drawSwarm(seed) }: SimulationOptions): Simulation {
  const world = createWorld(START_AT);
  const random = createRandom(`run ${seed}`);
  const history = createHistory(() => world.now());
  const facts = createFacts();
  const tally = createTally();
  const database = createDatabase(facts, history);
  const uuids = createUuidSource();
  const sabotage = bug?.plant() ?? {};
  let runs = 0;
  const servers: SimServer[] = [];
  const simulation: Simulation = {
    seed,
    swarm,
    world,
    random,
    facts,
    history,
    tally,
    database,
    servers,
    uuids,
    sabotage,
    faults: swarm.faults,
    clientsLeft: swarm.clients,
    violation: null,
  };
  const parts = (name: string): CallDeps => ({
    world,
    history,
    tally,
    random: random.fork(name),
    faults: () => simulation.faults,
  });
  const service = createPaymentService(facts, parts('payment service'), swarm.mode === 'by-reservation-id');
  const nextRun = (): number => (runs += 1);
  for (let number = 1; number <= swarm.servers; number += 1) {
    const shared = { swarm, facts, database, service, uuids, sabotage, nextRun };
    servers.push(createServer(`s${number}`, { ...parts(`server ${number}`), ...shared }));
  }
  return simulation;
}

function startEverything(simulation: Simulation): void {
  const { world, random, history, facts, tally, swarm, servers } = simulation;
  for (const server of servers) {
    server.start();
    void runChaos(simulation, server, random.fork(`chaos of ${server.name}`));
  }
  const parts = { world, random: random.fork('operator'), history, tally, faults: () => simulation.faults };
  if (swarm.hasOperator) void runOperator(simulation, simulation.uuids, parts);
  if (swarm.hasRepairer) {
    void runRepairer(simulation, { ...parts, random: random.fork('repairer') });
  }
  void runFollower(simulation, random.fork('follower'));
  for (let number = 1; number <= swarm.clients; number += 1) {
    const own = random.fork(`client ${number}`);
    const faults = (): Faults => simulation.faults;
    const frontDoor = createFrontDoor({ world, random: own.fork('door'), history, facts, faults });
    runClient(`c${number}`, { world, random: own, facts, tally, swarm, frontDoor, servers })
      .catch((error: unknown) => facts.fresh.surprises.push({ who: 'client', error }))
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
  return simulation.clientsLeft === 0 && openReservations(simulation.facts).length === 0;
}

/** Checks every invariant on what the step touched; true when one is broken. */
function checkStep(simulation: Simulation): boolean {
  const { facts, swarm } = simulation;
  const rules: Rules = {
    isIdempotent: swarm.mode === 'by-reservation-id',
    clocksAreRight: swarm.faults.clockJump === 0,
  };
  for (const invariant of INVARIANTS) {
    const breach = invariant.check(facts, rules);
    if (breach === null) continue;
    report(simulation, { ...breach, number: invariant.number, promise: invariant.promise });
    return true;
  }
  facts.fresh = noFreshFacts();
  return false;
}

function report(simulation: Simulation, breach: Omit<Violation, 'atMs'>): void {
  simulation.violation = { ...breach, atMs: simulation.world.now() - START_AT };
  simulation.history.add('checker', `broken: ${breach.number}, ${breach.promise}: ${breach.seen}`, breach.about);
}

function countUnknown(facts: Facts, tally: Tally): void {
  for (const { events } of facts.reservations.values()) {
    if (!events.some((event) => event.type === 'PAYMENT_UNRESOLVED')) continue;
    const last = events.at(-1)?.type;
    if (last === 'RESERVATION_CONFIRMED') tally.unknownConfirmed += 1;
    if (last === 'RESERVATION_FAILED') tally.unknownFailed += 1;
    if (last === 'PAYMENT_ESCALATED') tally.unknownEscalated += 1;
  }
}
