import {
  PAGE_LIMIT_MAX,
  reconcileLedger,
  type ReservationSummary,
  type ReservationStore,
  verifyStore,
} from '@reservations/core';
import type { Facts } from '../evidence/evidence.ts';
import { findForgottenCharge } from './confirmed-means-charged.ts';
import type { Breach } from './check.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';
import type { Simulation, Violation } from '../run/simulate.ts';

/** What must hold when all faults are over and everybody has had the time that they need. */
export async function findBreachInTheEnd(
  { facts, database, clientsLeft }: Simulation,
  end: { readonly boundMs: number; readonly areStopped: boolean },
): Promise<Omit<Violation, 'atMs'> | null> {
  const rows = await listAll(database);
  const checks: readonly { readonly number: string; readonly promise: string; readonly breach: Breach | null }[] = [
    { number: '6', promise: 'nothing stays open', breach: findOpenReservation(facts, end.boundMs) },
    { number: '6', promise: 'every client gets an answer', breach: unless(clientsLeft === 0, `${clientsLeft} wait`) },
    { number: '6', promise: 'a stop ends', breach: unless(end.areStopped, 'a server is still stopping') },
    { number: '3', promise: 'charged means confirmed, or a person was asked', breach: findForgottenCharge(facts) },
    { number: '10', promise: 'a follower sees every event', breach: findUnseenEvent(facts) },
    { number: '11', promise: 'a rebuilt view equals the one written inline', breach: findStaleRow(facts.log, rows) },
    { number: 'B', promise: 'what operators are told is right', breach: await findWrongReport(facts, database) },
  ];
  for (const { breach, ...rest } of checks) if (breach !== null) return { ...rest, ...breach };
  return null;
}

/** The product's own tools must come to the same conclusion as everything above. */
async function findWrongReport(facts: Facts, database: ReservationStore): Promise<Breach | null> {
  const { faults } = await verifyStore(database);
  if (faults.length > 0) return { about: null, seen: `verification: ${faults.join('; ')}` };
  const ledger = [...facts.reservations.values()].flatMap(({ id, charges }) =>
    charges.map((charge) => ({ reservationId: id, ...charge })),
  );
  const { differences } = await reconcileLedger(database, ledger);
  const unexpected = differences.find(({ kind, reservationId }) => {
    const isEscalated = facts.reservations.get(reservationId)?.row?.stage === 'escalated';
    return kind !== 'open-but-charged' || !isEscalated;
  });
  if (unexpected === undefined) return null;
  return { about: unexpected.reservationId, seen: `reconciliation: ${unexpected.kind}, ${unexpected.detail}` };
}

function unless(holds: boolean, seen: string): Breach | null {
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
