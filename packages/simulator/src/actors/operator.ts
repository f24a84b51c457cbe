import { isReservationError } from '@reservations/core';
import { type Finding, resolveByLedger, resolvePayment } from '@reservations/core/operations';
import type { ReservationEvidence } from '../evidence/evidence.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { createSimStore } from '../ports/store.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { createProcess, type SimProcess } from '../world/process.ts';

/** Interval at which the operator looks for escalated payments. */
const INTERVAL_MS = 5_000;

/**
 * Age of an escalation at which the operator reads the ledger: by then nothing that was sent before can still arrive.
 * An earlier decision would rest on a ledger that may change.
 */
export const LEDGER_SETTLES_MS = 60_000;

/** Probability, at each interval, that payments are resolved by the ledger as it is. */
const BY_LEDGER_PROBABILITY = 0.1;

/** Resolves escalated payments as an operator does, by the payment service's ledger. */
export async function runOperator(simulation: Simulation, deps: CallDeps): Promise<void> {
  const { world, evidence } = simulation;
  const seenAt = new Map<string, number>();
  for (;;) {
    await world.sleep(INTERVAL_MS);
    if (deps.random.chance(BY_LEDGER_PROBABILITY)) runResolveByLedger(simulation, deps);
    for (const reservation of evidence.reservations.values()) {
      if (reservation.events.at(-1)?.type !== 'PAYMENT_ESCALATED') continue;
      const since = seenAt.get(reservation.id) ?? world.now();
      seenAt.set(reservation.id, since);
      if (world.now() - since < LEDGER_SETTLES_MS) continue;
      seenAt.delete(reservation.id);
      runResolvePayment(simulation, reservation, deps);
    }
  }
}

/** Confirms what the ledger proves now. A charge that the ledger lacks may still arrive: it decides nothing. */
function runResolveByLedger(simulation: Simulation, deps: CallDeps): void {
  const { world, evidence, database } = simulation;
  const process = createCommandProcess('ledger', simulation, deps);
  const charges = [...evidence.reservations.values()].flatMap(({ id, charges: own }) =>
    own.map((charge) => ({ reservationId: id, source: `charge ${charge.transactionId}`, ...charge })),
  );
  world.after(0, process, () => {
    const store = createSimStore(database, process, deps);
    resolveByLedger(store, charges, { actor: 'ada', runtime: process.runtime })
      .then(({ resolved }) => {
        for (const { reservation } of resolved) {
          deps.history.add('ledger', 'proves the charge', reservation.reservationId);
        }
        return resolved;
      })
      .catch(recordError(simulation, 'ledger'));
  });
}

function runResolvePayment(simulation: Simulation, { id, charges }: ReservationEvidence, deps: CallDeps): void {
  const { world, database } = simulation;
  const { history } = deps;
  const process = createCommandProcess('operator', simulation, deps);
  const [charge] = charges;
  const finding: Finding =
    charge === undefined ? { kind: 'not-charged' } : { kind: 'charged', transactionId: charge.transactionId };
  history.add('operator', `finds ${finding.kind}`, id);
  world.after(0, process, () => {
    const store = createSimStore(database, process, deps);
    const resolution = { finding, actor: 'ada', reason: 'looked into the ledger' };
    resolvePayment(store, id, { ...resolution, runtime: process.runtime })
      .then((result) => {
        history.add('operator', `ended ${result.kind}`, id);
        if (result.kind === 'rejected') throw new Error(`${id}: rejected, ${result.rejection.kind}`);
        return result;
      })
      .catch(recordError(simulation, 'operator'));
  });
}

/** Each command has a process of its own, which may crash or freeze as any other. */
function createCommandProcess(name: string, { world, swarm, uuids }: Simulation, { random }: CallDeps): SimProcess {
  return createProcess(name, { world, random, uuids, mode: swarm.mode, skewMs: 0 });
}

function recordError({ evidence }: Simulation, source: string): (error: unknown) => void {
  return (error) => {
    if (!isReservationError(error, 'STORE_UNAVAILABLE')) evidence.step.undocumentedErrors.push({ source, error });
  };
}
