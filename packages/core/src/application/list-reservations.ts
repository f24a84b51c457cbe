import type { ReservationId } from '../domain/ids.ts';
import type { ReservationStatus, ReservationSummary, SummaryStage } from '../domain/reservation/summary.ts';
import type { ListOrder, ReservationPage, ReservationView } from '../ports/reservation-view.ts';
import { PAGE_LIMIT_MAX } from '../ports/reservation-view.ts';
import { maySee, type Reader } from './caller.ts';
import { isBehind, type ListPlan, planListing } from './list-plan.ts';

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
  /** "asc", the default: in the order of creation. "desc": the newest first. */
  readonly order?: ListOrder;
  /** Only reservations behind this one in the order: the `next` of the previous page. */
  readonly after?: ReservationId | null;
  /** 1 to 200, the default. */
  readonly limit?: number;
}

/**
 * Reads a page. Rows come by one index (see {@link planListing}); the other conditions are checked on each row. A page ends
 * at the latest behind {@link ROWS_EXAMINED_MAX} rows, with what it has found and a `next`.
 */
export async function listReservations(
  view: ReservationView,
  filter: ReservationListFilter & { readonly limit: number },
  reader: Reader,
): Promise<ReservationPage> {
  const { userId = null, stage = null, status = null, caller = null, reference = null, ...rest } = filter;
  const { transactionId = null, order = 'asc', after = null, limit } = rest;
  const conditions = { userId, stage, status, caller, reference, transactionId };
  const plan = planListing(conditions, reader);
  const wanted = Object.entries(conditions).filter(([, value]) => value !== null) as Wanted;
  const matches = (row: ReservationSummary): boolean =>
    maySee(reader, row) && wanted.every(([field, value]) => row[field] === value);
  // Without further conditions each row that is read is one of the page.
  const batch = plan.isWhole ? limit : PAGE_LIMIT_MAX;
  return await scan(view, { keys: plan.keys, order, after, limit, batch }, matches);
}

type Wanted = readonly (readonly [keyof ReservationSummary, string])[];

interface Scan {
  readonly keys: ListPlan['keys'];
  readonly order: ListOrder;
  readonly after: ReservationId | null;
  readonly limit: number;
  /** Rows of one read. */
  readonly batch: number;
}

async function scan(
  view: ReservationView,
  { keys, order, limit, batch, ...start }: Scan,
  matches: (row: ReservationSummary) => boolean,
): Promise<ReservationPage> {
  const reservations: ReservationSummary[] = [];
  let { after } = start;
  for (let examined = 0; ;) {
    const read = await readBatch(view, { keys, order, after, limit: batch });
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

/** Reads the next rows of all keys in one order. */
async function readBatch(view: ReservationView, { keys, ...page }: Omit<Scan, 'batch'>): Promise<Batch> {
  const { order } = page;
  const rows = new Map<string, ReservationSummary>();
  let examined = 0;
  let end: ReservationId | null = null;
  for (const by of keys) {
    const { reservations, next } = await view.list({ ...page, by });
    examined += reservations.length;
    if (next !== null && (end === null || isBehind(order, end, next))) end = next;
    // A row that has moved on between two reads counts as the later one found it.
    for (const row of reservations) rows.set(row.reservationId, row);
  }
  const all = [...rows.values()].sort((a, b) => (isBehind(order, a.reservationId, b.reservationId) ? 1 : -1));
  const upTo = end;
  return { rows: upTo === null ? all : all.filter((row) => !isBehind(order, row.reservationId, upTo)), examined, end };
}
