import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import type { ReservationStatus, ReservationSummary } from '../../domain/reservation/summary.ts';
import { checkOneOf, checkWholeNumber } from '../../options.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { type ListOrder, PAGE_LIMIT_MAX, type ReservationPage } from '../../ports/reservation-view.ts';
import { ANONYMOUS_CALLER } from '../../domain/caller.ts';
import { type CallerOptions, callerOf, readerOf } from '../caller.ts';
import { listReservations } from '../list-reservations.ts';
import { checkKey } from '../reserve/key-claim.ts';

/** Number of reservations that {@link findReservations} returns by default. */
export const FIND_LIMIT_DEFAULT = 50;

/** Largest number of reservations that {@link findReservations} returns. */
export const FIND_LIMIT_MAX = 10_000;

/** Conditions of {@link findReservations}, all of which a reservation must meet. Null or absent: any. */
export interface FindConditions {
  readonly userId?: string | null;
  readonly status?: ReservationStatus | null;
  readonly reference?: string | null;
  readonly transactionId?: string | null;
  /** The reservation that holds this idempotency key of `madeBy`, by default the anonymous caller's. */
  readonly idempotencyKey?: string | null;
  /** The caller that made the reservation. */
  readonly madeBy?: string | null;
}

/** Options of {@link findReservations}. */
export interface FindOptions extends CallerOptions {
  /** "asc", the default: in the order of creation. "desc": the newest first. */
  readonly order?: ListOrder;
  /** 1 to {@link FIND_LIMIT_MAX}. Default {@link FIND_LIMIT_DEFAULT}. */
  readonly limit?: number;
}

/** Reservations that were found. */
export interface FoundReservations {
  readonly reservations: readonly ReservationSummary[];
  /** Whether more reservations meet the conditions. */
  readonly hasMore: boolean;
}

const STATUSES: readonly ReservationStatus[] = ['RESERVATION_CREATED', 'RESERVATION_CONFIRMED', 'RESERVATION_FAILED'];

/**
 * Finds reservations of all callers, for operators. Rows come by one index (`planListing`), page by page, until there
 * are enough; a combination of conditions that few of them meet can read all rows of that index.
 * @throws {ReservationError} INVALID_OPTION, STORE_UNAVAILABLE
 */
export async function findReservations(
  store: ReservationStore,
  conditions: FindConditions = {},
  options: FindOptions = {},
): Promise<FoundReservations> {
  callerOf(options);
  const order = checkOneOf('order', options.order ?? 'asc', ['asc', 'desc']);
  const limit = checkWholeNumber('limit', options.limit ?? FIND_LIMIT_DEFAULT, 1, FIND_LIMIT_MAX);
  const { userId = null, status = null, reference = null, transactionId = null, madeBy = null } = conditions;
  if (madeBy !== null) callerOf({ caller: madeBy });
  if (status !== null) checkOneOf('status', status, STATUSES);
  const wanted = { userId, status, reference, transactionId, caller: madeBy };
  const { idempotencyKey = null } = conditions;
  if (idempotencyKey !== null) {
    checkKey(idempotencyKey);
    const holder = await holderOf(store, { scope: madeBy ?? ANONYMOUS_CALLER, key: idempotencyKey });
    const isFound = holder !== null && meets(holder, wanted);
    return { reservations: isFound ? [holder] : [], hasMore: false };
  }
  return await listAll(store, { ...wanted, order, limit });
}

async function holderOf(
  { view }: ReservationStore,
  key: { readonly scope: string; readonly key: string },
): Promise<ReservationSummary | null> {
  const holder = await view.findByKey(key);
  const id = holder === null ? null : parseReservationId(holder.stream);
  return id === null ? null : await view.find(id);
}

/** Conditions on fields of the row. */
interface Wanted {
  readonly userId: string | null;
  readonly status: ReservationStatus | null;
  readonly reference: string | null;
  readonly transactionId: string | null;
  readonly caller: string | null;
}

function meets(row: ReservationSummary, wanted: Wanted): boolean {
  const fields = Object.keys(wanted) as (keyof Wanted)[];
  return fields.every((field) => wanted[field] === null || row[field] === wanted[field]);
}

/** An operator sees what every caller made. */
const ALL = readerOf({});

async function listAll(
  { view }: ReservationStore,
  { limit, ...request }: Wanted & { readonly order: ListOrder; readonly limit: number },
): Promise<FoundReservations> {
  const reservations: ReservationSummary[] = [];
  let after: ReservationId | null = null;
  do {
    // One more than asked for tells whether there are more.
    const missing = Math.min(PAGE_LIMIT_MAX, limit + 1 - reservations.length);
    const page: ReservationPage = await listReservations(view, { ...request, after, limit: missing }, ALL);
    reservations.push(...page.reservations);
    after = page.next;
  } while (after !== null && reservations.length <= limit);
  return { reservations: reservations.slice(0, limit), hasMore: reservations.length > limit };
}
