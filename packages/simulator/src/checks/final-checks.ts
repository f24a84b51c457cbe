import { PAGE_LIMIT_MAX, type ReservationSummary, type ReservationStore } from '@reservations/core';
import { reconcileLedger, verifyStore } from '@reservations/core/operations';
import type { Evidence } from '../evidence/evidence.ts';
import type { CheckFailure, Violation } from './check.ts';
import { findUnrecordedCharge } from './confirmed-means-charged.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';

/** The state of a run at its end. */
export interface RunEnd {
  readonly boundMs: number;
  readonly haveStopped: boolean;
}

/** Checks what holds only at the end of a run: after the faults and the liveness bound. Returns the first violation. */
export async function runFinalChecks(
  system: { readonly evidence: Evidence; readonly database: ReservationStore; readonly clientsLeft: number },
  { boundMs, haveStopped }: RunEnd,
): Promise<Omit<Violation, 'atMs'> | null> {
  const { evidence, database, clientsLeft } = system;
  const rows = await listAll(database);
  const wrongReport = await findWrongReport(evidence, database);
  const checks: readonly {
    readonly number: string;
    readonly invariant: string;
    readonly failure: CheckFailure | null;
  }[] = [
    { number: '6', invariant: 'nothing stays open', failure: findOpenReservation(evidence, boundMs) },
    {
      number: '6',
      invariant: 'every client gets an answer',
      failure: unless(clientsLeft === 0, `${clientsLeft} clients wait`),
    },
    { number: '6', invariant: 'a stop ends', failure: unless(haveStopped, 'a server is still stopping') },
    {
      number: '3',
      invariant: 'charged means confirmed or escalated',
      failure: findUnrecordedCharge(evidence),
    },
    { number: '10', invariant: 'a follower sees every event', failure: findUnseenEvent(evidence) },
    {
      number: '11',
      invariant: 'a rebuilt view equals the one written inline',
      failure: findStaleRow(evidence.log, rows),
    },
    { number: 'B', invariant: 'reports to operators are right', failure: wrongReport },
  ];
  for (const { failure, ...rest } of checks) if (failure !== null) return { ...rest, ...failure };
  return null;
}

/** Verification and reconciliation by the product must agree with the checks above. */
async function findWrongReport(evidence: Evidence, database: ReservationStore): Promise<CheckFailure | null> {
  const { faults } = await verifyStore(database);
  if (faults.length > 0) return { about: null, detail: `verification: ${faults.join('; ')}` };
  const ledger = [...evidence.reservations.values()].flatMap(({ id, charges }) =>
    charges.map((charge) => ({ reservationId: id, ...charge })),
  );
  const { differences } = await reconcileLedger(database, ledger);
  const unexpected = differences.find(({ kind, reservationId }) => {
    const isEscalated = evidence.reservations.get(reservationId)?.row?.stage === 'escalated';
    return kind !== 'open-but-charged' || !isEscalated;
  });
  if (unexpected === undefined) return null;
  return { about: unexpected.reservationId, detail: `reconciliation: ${unexpected.kind}, ${unexpected.detail}` };
}

function unless(holds: boolean, detail: string): CheckFailure | null {
  return holds ? null : { about: null, detail };
}

async function listAll({ view }: ReservationStore): Promise<readonly ReservationSummary[]> {
  const rows: ReservationSummary[] = [];
  for (let after: ReservationSummary['reservationId'] | null = null; ;) {
    const page = await view.list({ by: null, order: 'asc', after, limit: PAGE_LIMIT_MAX });
    rows.push(...page.reservations);
    if (page.next === null) return rows;
    after = page.next;
  }
}
