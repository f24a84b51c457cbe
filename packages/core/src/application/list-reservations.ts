import type { ReservationId } from '../domain/ids.ts';
import type { ReservationStatus, ReservationSummary, SummaryStage } from '../domain/reservation/summary.ts';
import { PAGE_LIMIT_MAX, type ReservationPage, type ReservationView } from '../ports/reservation-view.ts';
import { maySee, type Reader } from './caller.ts';

/** Rows that one page of a listing looks at, give or take the last pages that it reads. */
export const ROWS_EXAMINED_MAX = 2_000;

/** Conditions of a listing, all of which a reservation must meet. An absent one, or null, matches everything. */
export interface ReservationListFilter {
  readonly userId?: string | null;
  readonly stage?: SummaryStage | null;
  readonly status?: ReservationStatus | null;
  /** The principal that made the reservation. */
  readonly caller?: string | null;
  readonly reference?: string | null;
  readonly transactionId?: string | null;
  /** Only reservations whose id sorts behind this one: the `next` of the previous page. */
  readonly after?: ReservationId | null;
  /** 1 to 200, the default. */
  readonly limit?: number;
}

/** Conditions with their defaults. */
type Conditions = Required<Omit<ReservationListFilter, 'limit'>> & { readonly limit: number };

/** A row is in one stage at a time and moves to the right: read in this order, it cannot be missed between two reads. */
const STAGES_OF: { readonly [Status in ReservationStatus]: readonly SummaryStage[] } = {
  RESERVATION_CREATED: ['processing', 'unresolved', 'escalated'],
  RESERVATION_CONFIRMED: ['confirmed'],
  RESERVATION_FAILED: ['unresolved', 'escalated', 'failed'],
};

/**
 * Reads a page. Rows come by one index: that of the transaction, of the user, or of the stages that are possible, else in
 * the order of ids; the other conditions are checked on each row. A page ends at the latest behind
 * {@link ROWS_EXAMINED_MAX} rows, with what it has found and a `next`.
 */
export async function listReservations(
  view: ReservationView,
  filter: ReservationListFilter & { readonly limit: number },
  reader: Reader,
): Promise<ReservationPage> {
  const { userId = null, stage = null, status = null, caller = null, reference = null, ...rest } = filter;
  const { transactionId = null, after = null, limit } = rest;
  const conditions = { userId, stage, status, caller, reference, transactionId, after, limit };
  const matches = (row: ReservationSummary): boolean => maySee(reader, row) && meets(row, conditions);
  if (transactionId !== null) return await pageOfTransaction(view, conditions, transactionId, matches);
  const stages = userId === null ? possibleStages(conditions) : [null];
  const isWhole = !reader.isRestricted && caller === null && reference === null && isIndexed(conditions);
  // Without further conditions each row that is read is one of the page.
  const batch = isWhole ? limit : PAGE_LIMIT_MAX;
  return await scan(view, { userId, stages, after, limit, batch }, matches);
}

function meets(row: ReservationSummary, conditions: Conditions): boolean {
  const { userId, stage, status, caller, reference, transactionId, after } = conditions;
  return (
    (userId === null || row.userId === userId) &&
    (stage === null || row.stage === stage) &&
    (status === null || row.status === status) &&
    (caller === null || row.caller === caller) &&
    (reference === null || row.reference === reference) &&
    (transactionId === null || row.transactionId === transactionId) &&
    (after === null || row.reservationId > after)
  );
}

/** The stages in which a reservation can meet the conditions; null stands for all. */
function possibleStages({ stage, status }: Conditions): readonly (SummaryStage | null)[] {
  if (status === null) return [stage];
  return STAGES_OF[status].filter((possible) => stage === null || possible === stage);
}

/** True when the index by which rows come says as much as the conditions on user, stage and status. */
function isIndexed({ userId, stage, status }: Conditions): boolean {
  if (userId !== null) return stage === null && status === null;
  return status === null || status === 'RESERVATION_CONFIRMED';
}

/** One transaction has one reservation, unless the payment service used its id twice. */
async function pageOfTransaction(
  view: ReservationView,
  { limit }: Conditions,
  transactionId: string,
  matches: (row: ReservationSummary) => boolean,
): Promise<ReservationPage> {
  const found = (await view.findByTransaction(transactionId)).filter(matches);
  const reservations = found.slice(0, limit);
  return { reservations, next: found.length > limit ? (reservations.at(-1)?.reservationId ?? null) : null };
}

interface Scan {
  readonly userId: string | null;
  readonly stages: readonly (SummaryStage | null)[];
  readonly after: ReservationId | null;
  readonly limit: number;
  /** Rows of one read. */
  readonly batch: number;
}

async function scan(
  view: ReservationView,
  { userId, stages, limit, batch, ...start }: Scan,
  matches: (row: ReservationSummary) => boolean,
): Promise<ReservationPage> {
  const reservations: ReservationSummary[] = [];
  let { after } = start;
  for (let examined = 0; ;) {
    const read = await readBatch(view, { userId, stages, after, limit: batch });
    for (const row of read.rows) {
      if (!matches(row)) continue;
      if (reservations.length === limit) return { reservations, next: reservations.at(-1)?.reservationId ?? null };
      reservations.push(row);
    }
    if (read.end === null) return { reservations, next: null };
    examined += read.examined;
    if (reservations.length === limit || examined >= ROWS_EXAMINED_MAX) return { reservations, next: read.end };
    after = read.end;
  }
}

interface Batch {
  readonly rows: readonly ReservationSummary[];
  readonly examined: number;
  /** Up to here nothing is missing; null when nothing is missing at all. */
  readonly end: ReservationId | null;
}

/** Reads the next rows of all stages in one order. */
async function readBatch(view: ReservationView, { stages, ...page }: Omit<Scan, 'batch'>): Promise<Batch> {
  const rows = new Map<string, ReservationSummary>();
  let examined = 0;
  let end: ReservationId | null = null;
  for (const stage of stages) {
    const { reservations, next } = await view.list({ ...page, stage });
    examined += reservations.length;
    if (next !== null && (end === null || next < end)) end = next;
    // A row that has moved on between two reads counts as the later one found it.
    for (const row of reservations) rows.set(row.reservationId, row);
  }
  const all = [...rows.values()].sort((a, b) => (a.reservationId < b.reservationId ? -1 : 1));
  return { rows: end === null ? all : all.filter(({ reservationId }) => reservationId <= end), examined, end };
}
