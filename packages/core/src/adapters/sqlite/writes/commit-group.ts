import { performance } from 'node:perf_hooks';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { Outcome } from './group-commit.ts';

/** A connection's transactions; each call may throw. */
export interface Transactions {
  begin(): void;
  commit(): void;
  /** Rolls back a transaction, if there is one. */
  rollback(): void;
}

/** Result of the transaction of a group. */
type Attempt =
  | { readonly kind: 'committed'; readonly results: readonly unknown[] }
  /** One of the writes threw: nothing was committed. */
  | { readonly kind: 'write-failed'; readonly error: unknown }
  /** The transaction could not begin or end. */
  | { readonly kind: 'commit-failed'; readonly error: unknown };

/**
 * Runs writes in one transaction and returns the outcome of each, in order. When one of them throws, each gets a transaction
 * of its own, so that only that one fails; a write may therefore run twice and only changes the database. `waitMs` is how
 * long the first of them has waited, for the meter.
 */
export function commitGroup(
  transactions: Transactions,
  writes: readonly (() => unknown)[],
  meter: CommitMeter | null,
  waitMs: number,
): readonly Outcome[] {
  meter?.reset();
  const beganAt = meter === null ? 0 : performance.now();
  const attempt = attemptTogether(transactions, writes);
  switch (attempt.kind) {
    case 'committed':
      meter?.report(waitMs, performance.now() - beganAt);
      return attempt.results.map((result) => ({ kind: 'done', result }));
    case 'write-failed':
      if (writes.length === 1) return [{ kind: 'failed', error: attempt.error }];
      return writes.flatMap((write) => commitGroup(transactions, [write], meter, waitMs));
    case 'commit-failed':
      return writes.map(() => ({ kind: 'failed', error: attempt.error }));
  }
}

function attemptTogether(transactions: Transactions, writes: readonly (() => unknown)[]): Attempt {
  try {
    transactions.begin();
  } catch (error) {
    undo(transactions);
    return { kind: 'commit-failed', error };
  }
  let results: readonly unknown[];
  try {
    results = writes.map((write) => write());
  } catch (error) {
    undo(transactions);
    return { kind: 'write-failed', error };
  }
  try {
    transactions.commit();
  } catch (error) {
    undo(transactions);
    return { kind: 'commit-failed', error };
  }
  return { kind: 'committed', results };
}

/** A failed rollback leaves the transaction open: the next group fails to begin, and rolls back again. */
function undo(transactions: Transactions): void {
  try {
    transactions.rollback();
  } catch {
    // The group is told the fault that led here.
  }
}
