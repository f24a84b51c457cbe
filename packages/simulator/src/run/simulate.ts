import { runLogFollower } from '../actors/log-follower.ts';
import { runNemesis } from '../actors/nemesis.ts';
import { LEDGER_SETTLES_MS, runOperator } from '../actors/operator.ts';
import { runRepairer } from '../actors/repairer.ts';
import type { Assumptions, Violation } from '../checks/check.ts';
import { runFinalChecks } from '../checks/final-checks.ts';
import { openReservations } from '../checks/nothing-stays-open.ts';
import { STEP_CHECKS } from '../checks/step-checks.ts';
import type { Counters } from '../evidence/counters.ts';
import { type Evidence, noStepEvidence } from '../evidence/evidence.ts';
import type { History } from '../evidence/history.ts';
import { type FaultRates, NO_FAULTS } from '../faults/fault-rates.ts';
import type { Swarm } from '../faults/swarm.ts';
import {
  buildSimulation,
  callDeps,
  type Simulation,
  type SimulationOptions,
  START_AT,
} from '../simulation/simulation.ts';
import { createClientNetwork } from '../workload/client-network.ts';
import { runWorkloadClient } from '../workload/workload-client.ts';
import { context } from '../world/context.ts';
import { installVirtualGlobals } from '../world/virtual-globals.ts';

/** A run from its first event to its end, or to the first violation. */
export interface SimulationResult {
  readonly seed: number;
  readonly swarm: Swarm;
  readonly violation: Violation | null;
  readonly history: History;
  readonly counters: Counters;
}

/** Time after which no delayed duplicate and no late append is left. */
const AFTERMATH_MS = 30_000;

/** Time after which an operator has resolved the last escalation. */
const OPERATOR_MS = LEDGER_SETTLES_MS + 10_000;

/** Runs one seed: first with faults, then without, until nothing is left to do. The same seed is the same run. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<SimulationResult> {
  installVirtualGlobals();
  const simulation = buildSimulation(seed, options);
  const { world, swarm, evidence, history, counters } = simulation;
  const recordUnhandled = (error: unknown): void => {
    evidence.step.undocumentedErrors.push({ source: 'unhandled', error });
  };
  process.on('unhandledRejection', recordUnhandled);
  await context
    .run({ world, owner: null, charge: null }, () => runPhases(simulation))
    .finally(() => process.off('unhandledRejection', recordUnhandled));
  counters.steps = world.steps();
  countUnknown(evidence, counters);
  return { seed, swarm, violation: simulation.violation, history, counters };
}

async function runPhases(simulation: Simulation): Promise<void> {
  const { world, swarm, servers, history } = simulation;
  const isViolated = (): boolean => checkStep(simulation);
  startEverything(simulation);
  const healAt = START_AT + swarm.faultyMs;
  await world.run(healAt, isViolated);
  if (simulation.violation !== null) return;
  history.add('world', 'all faults end');
  simulation.faults = NO_FAULTS;
  for (const server of servers) server.currentRun()?.process.correctClock();
  const boundMs = livenessBoundMs(swarm);
  await world.run(healAt + boundMs, () => isViolated() || isQuiet(simulation));
  if (simulation.violation !== null) return;
  const stops = servers.map((server) => server.stop());
  let stopped = 0;
  for (const stop of stops) stop.then(() => (stopped += 1)).catch(() => undefined);
  await world.run(world.now() + (swarm.hasOperator ? OPERATOR_MS : AFTERMATH_MS), isViolated);
  if (simulation.violation !== null) return;
  const failure = await runFinalChecks(simulation, { boundMs, haveStopped: stopped === stops.length });
  if (failure !== null) recordViolation(simulation, failure);
}

function startEverything(simulation: Simulation): void {
  const { swarm, servers, random } = simulation;
  for (const server of servers) {
    server.start();
    void runNemesis(simulation, server, random.fork(`nemesis of ${server.name}`));
  }
  if (swarm.hasOperator) void runOperator(simulation, callDeps(simulation, 'operator'));
  if (swarm.hasRepairer) void runRepairer(simulation, callDeps(simulation, 'repairer'));
  void runLogFollower(simulation, random.fork('log follower'));
  for (let number = 1; number <= swarm.clients; number += 1) startClient(simulation, number);
}

function startClient(simulation: Simulation, number: number): void {
  const { world, history, evidence, counters, swarm, servers } = simulation;
  const random = simulation.random.fork(`client ${number}`);
  const faults = (): FaultRates => simulation.faults;
  const clientNetwork = createClientNetwork({
    world,
    random: random.fork('network'),
    history,
    evidence,
    counters: simulation.counters,
    faults,
  });
  runWorkloadClient(`c${number}`, { world, random, evidence, counters, swarm, clientNetwork, servers })
    .catch((error: unknown) => evidence.step.undocumentedErrors.push({ source: 'client', error }))
    .finally(() => (simulation.clientsLeft -= 1));
}

/** Bound of the time from the last fault until nothing is open, given the settlement's settings. */
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

/** Checks every invariant on what the step touched. Returns true for a violation. */
function checkStep(simulation: Simulation): boolean {
  const { evidence, swarm } = simulation;
  const assumptions: Assumptions = {
    isIdempotent: swarm.mode === 'by-reservation-id',
    clocksAreCorrect: swarm.faults.clockJump === 0,
  };
  for (const { number, invariant, check } of STEP_CHECKS) {
    const failure = check(evidence, assumptions);
    if (failure === null) continue;
    recordViolation(simulation, { ...failure, number, invariant });
    return true;
  }
  evidence.step = noStepEvidence();
  return false;
}

function recordViolation(simulation: Simulation, violation: Omit<Violation, 'atMs'>): void {
  const { number, invariant, about, detail } = violation;
  simulation.violation = { ...violation, atMs: simulation.world.now() - START_AT };
  simulation.history.add('checker', `violated: ${number}, ${invariant}: ${detail}`, about);
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
