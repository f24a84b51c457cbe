import { ANONYMOUS_CALLER } from '../../domain/caller.ts';
import { assert } from '../../errors.ts';
import { type AppendRequest, EVENTS_PER_APPEND_MAX, READ_LIMIT_MAX } from '../../ports/event-store.ts';
import { TAKE_LIMIT_MAX } from '../../ports/due-work.ts';
import { COUNT_MAX, type ListRequest, PAGE_LIMIT_MAX } from '../../ports/reservation-view.ts';
import { SUBSCRIPTIONS_LIMIT_MAX } from '../../ports/subscriptions.ts';
import { REPAIR_ROWS_MAX } from '../../ports/admin/view-repair.ts';

/** An append names a version that can be, and holds a bounded number of events; anything else is a bug of the caller. */
export function assertAppendable({ expected, events, inlineWrites }: AppendRequest): void {
  assert(expected === 'none' || isWithin(expected, 1, Number.MAX_SAFE_INTEGER), `no stream has version ${expected}`);
  assert(isWithin(events.length, 1, EVENTS_PER_APPEND_MAX), `an append cannot hold ${events.length} events`);
  if (inlineWrites.work.change === 'enqueue') assertDueAt(inlineWrites.work.leaseUntil);
  if (inlineWrites.work.change === 'release') assertDueAt(inlineWrites.work.dueAt);
}

/** The index of due times holds what is due at the epoch or later: anything earlier would never be taken. */
export function assertDueAt(dueAt: number): void {
  assert(isWithin(dueAt, 0, Number.MAX_SAFE_INTEGER), `work cannot be due at ${dueAt}`);
}

/** Where a read starts, and how much it returns at most. */
export function assertRange({ after, limit }: { readonly after: number; readonly limit: number }): void {
  assert(isWithin(after, 0, Number.MAX_SAFE_INTEGER), `a read cannot start behind ${after}`);
  assert(isWithin(limit, 1, READ_LIMIT_MAX), `a read cannot return ${limit} events`);
}

/** How much a page of a listing holds at most, and what it can be listed by. */
export function assertPage({ by, limit }: Pick<ListRequest, 'by' | 'limit'>): void {
  assert(isWithin(limit, 1, PAGE_LIMIT_MAX), `a page cannot hold ${limit} reservations`);
  assert(
    by?.field !== 'caller' || by.value !== ANONYMOUS_CALLER,
    'reservations of the anonymous caller are not listed by it',
  );
}

/** The first reservations of a transaction, as many as one page holds. */
export function firstOfTransaction(transactionId: string): ListRequest {
  return { by: { field: 'transactionId', value: transactionId }, order: 'asc', after: null, limit: PAGE_LIMIT_MAX };
}

/** How far reservations are counted. */
export function assertCount({ max }: { readonly max: number }): void {
  assert(isWithin(max, 1, COUNT_MAX), `reservations cannot be counted up to ${max}`);
}

/** A batch of a repair is bounded. */
export function assertBatch(rows: readonly unknown[]): void {
  assert(isWithin(rows.length, 0, REPAIR_ROWS_MAX), `a batch cannot hold ${rows.length} rows`);
}

/** A page of a repair is bounded. */
export function assertRepairPage(limit: number): void {
  assert(isWithin(limit, 1, REPAIR_ROWS_MAX), `a page cannot hold ${limit} rows`);
}

/** How many work items one call returns at most. */
export function assertTakeLimit(limit: number): void {
  assert(isWithin(limit, 1, TAKE_LIMIT_MAX), `a call cannot return ${limit} work items`);
}

/** How many subscriptions one call lists at most. */
export function assertListLimit(limit: number): void {
  assert(isWithin(limit, 1, SUBSCRIPTIONS_LIMIT_MAX), `a call cannot return ${limit} subscriptions`);
}

/** A lease that has ended when it begins would hand one payment to two owners. */
export function assertLease(request: {
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}): void {
  assertTakeLimit(request.limit);
  assertDueAt(request.leaseUntil);
  assert(request.leaseUntil > request.now, `a lease from ${request.now} cannot end at ${request.leaseUntil}`);
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isSafeInteger(value) && value >= min && value <= max;
}
