import {
  PAGE_LIMIT_MAX,
  reconcileLedger,
  type ReservationSummary,
  type ReservationStore,
  verifyStore,
} from '@reservations/core';
import type { Evidence } from '../evidence/evidence.ts';
import { findUnrecordedCharge } from './confirmed-means-charged.ts';
import type { CheckFailure } from './check.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';
import type { Simulation, Violation } from '../run/simulate.ts';

/** What must hold when all faults are over and everybody has had the time that they need. */
export async function runFinalChecks(
  { evidence, database, clientsLeft }: Simulation,
  end: { readonly boundMs: number; readonly areStopped: boolean },
): Promise<Omit<Violation, 'atMs'> | null> {
  const rows = await listAll(database);
  const checks: readonly {
    readonly number: string;
    readonly invariant: string;
    readonly failure: CheckFailure | null;
  }[] = [
    { number: '6', invariant: 'nothing stays open', failure: findOpenReservation(evidence, end.boundMs) },
    {
      number: '6',
      invariant: 'every client gets an answer',
      failure: unless(clientsLeft === 0, `${clientsLeft} wait`),
    },
    { number: '6', invariant: 'a stop ends', failure: unless(end.areStopped, 'a server is still stopping') },
    {
      number: '3',
      invariant: 'charged means confirmed, or a person was asked',
      failure: findUnrecordedCharge(evidence),
    },
    { number: '10', invariant: 'a follower sees every event', failure: findUnseenEvent(evidence) },
    {
      number: '11',
      invariant: 'a rebuilt view equals the one written inline',
      failure: findStaleRow(evidence.log, rows),
    },
    { number: 'B', invariant: 'what operators are told is right', failure: await findWrongReport(evidence, database) },
  ];
  for (const { failure, ...rest } of checks) if (failure !== null) return { ...rest, ...failure };
  return null;
}

/** The product's own tools must come to the same conclusion as everything above. */
async function findWrongReport(evidence: Evidence, database: ReservationStore): Promise<CheckFailure | null> {
  const { faults } = await verifyStore(database);
  if (faults.length > 0) return { about: null, seen: `verification: ${faults.join('; ')}` };
  const ledger = [...evidence.reservations.values()].flatMap(({ id, charges }) =>
    charges.map((charge) => ({ reservationId: id, ...charge })),
  );
  const { differences } = await reconcileLedger(database, ledger);
  const unexpected = differences.find(({ kind, reservationId }) => {
    const isEscalated = evidence.reservations.get(reservationId)?.row?.stage === 'escalated';
    return kind !== 'open-but-charged' || !isEscalated;
  });
  if (unexpected === undefined) return null;
  return { about: unexpected.reservationId, seen: `reconciliation: ${unexpected.kind}, ${unexpected.detail}` };
}

function unless(holds: boolean, seen: string): CheckFailure | null {
  return holds ? null : { about: null, seen };
}

async function listAll({ view }: ReservationStore): Promise<readonly ReservationSummary[]> {
  const rows: ReservationSummary[] = [];
  for (let after: ReservationSummary['reservationId'] | null = null; ;) {
    const page = await view.list({ userId: null, stage: null, after, limit: PAGE_LIMIT_MAX });
    rows.push(...page.reservations);
    if (page.next === null) return rows;
    after = page.next;
  }
}
