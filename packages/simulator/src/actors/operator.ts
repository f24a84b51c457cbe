import { type Finding, isReservationError, resolveByLedger, resolvePayment } from '@reservations/core';
import type { ReservationEvidence } from '../evidence/evidence.ts';
import type { CallDeps } from '../faults/process-faults.ts';
import { createProcess, type UuidSource } from '../world/process.ts';
import { createSimStore } from '../ports/store.ts';
import type { Simulation } from '../run/simulate.ts';

/** How often the operator looks for work. */
const ROUND_MS = 5_000;

/**
 * How long the operator waits before looking into the ledger: longer than anything that was sent before can still
 * be on its way. Whoever decides sooner decides on a ledger that may change.
 */
export const LEDGER_SETTLES_MS = 60_000;

/** How often the operator lets the ledger itself settle what it proves, at whatever time. */
const BY_LEDGER = 0.1;

/** An operator who settles what was escalated, by what the payment service's ledger says. */
export async function runOperator(simulation: Simulation, uuids: UuidSource, deps: CallDeps): Promise<void> {
  const { world, evidence } = simulation;
  const seenAt = new Map<string, number>();
  for (;;) {
    await world.sleep(ROUND_MS);
    if (deps.random.chance(BY_LEDGER)) letLedgerDecide(simulation, uuids, deps);
    for (const reservation of evidence.reservations.values()) {
      if (reservation.events.at(-1)?.type !== 'PAYMENT_ESCALATED') continue;
      const since = seenAt.get(reservation.id) ?? world.now();
      seenAt.set(reservation.id, since);
      if (world.now() - since < LEDGER_SETTLES_MS) continue;
      seenAt.delete(reservation.id);
      decide(simulation, reservation, uuids, deps);
    }
  }
}

/** Confirms what the ledger proves now; what it does not have may still be on its way. */
function letLedgerDecide({ world, evidence, swarm, database }: Simulation, uuids: UuidSource, deps: CallDeps): void {
  const process = createProcess('ledger', { world, random: deps.random, uuids, mode: swarm.mode, skewMs: 0 });
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
      .catch((error: unknown) => {
        if (!isReservationError(error, 'STORE_UNAVAILABLE'))
          evidence.step.undocumentedErrors.push({ who: 'ledger', error });
      });
  });
}

/** A command of its own, in a process of its own, which may die or hang as any other. */
function decide(
  { world, evidence, swarm, database }: Simulation,
  { id, charges }: ReservationEvidence,
  uuids: UuidSource,
  deps: CallDeps,
): void {
  const { random, history } = deps;
  const process = createProcess('operator', { world, random, uuids, mode: swarm.mode, skewMs: 0 });
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
      .catch((error: unknown) => {
        if (!isReservationError(error, 'STORE_UNAVAILABLE'))
          evidence.step.undocumentedErrors.push({ who: 'operator', error });
      });
  });
}
