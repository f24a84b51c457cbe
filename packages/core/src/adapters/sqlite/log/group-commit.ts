import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import type { CommitMeter } from '../../support/commit-meter.ts';

/** Largest number of writes in one commit; bounds how long one transaction blocks the event loop. */
export const GROUP_WRITES_MAX = 256;

/** A connection's transactions; each call may throw. */
export interface Transactions {
  begin(): void;
  commit(): void;
  /** Rolls back a transaction, if there is one. */
  rollback(): void;
}

/** Collects writes, and commits together those that arrive together. */
export interface GroupCommit {
  /**
   * Runs `write` in a transaction shared with others, in the order of submission. Resolves with its result once the commit
   * is on disk; rejects with its error, or with that of the commit. `write` may run twice, so it only changes the database.
   */
  submit<Result>(write: () => Result): Promise<Result>;
  /** Resolves when no write is pending. */
  idle(): Promise<void>;
}

interface Job {
  /** 0 without a meter. */
  readonly submittedAt: number;
  readonly write: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Result of the transaction of a group. */
type Attempt =
  | { readonly kind: 'committed'; readonly results: readonly unknown[] }
  /** One of the writes threw: nothing was committed. */
  | { readonly kind: 'write-failed'; readonly error: unknown }
  /** The transaction could not begin or end. */
  | { readonly kind: 'commit-failed'; readonly error: unknown };

/** One fsync for many writes. A lone write is not delayed: it is committed at the end of this turn of the event loop. */
export function createGroupCommit(transactions: Transactions, meter: CommitMeter | null = null): GroupCommit {
  let waiting: Job[] = [];
  let scheduled = false;
  let idleListeners: (() => void)[] = [];

  function schedule(): void {
    if (scheduled) return;
    scheduled = true;
    setImmediate(flush);
  }

  function flush(): void {
    scheduled = false;
    const group = waiting.slice(0, GROUP_WRITES_MAX);
    waiting = waiting.slice(GROUP_WRITES_MAX);
    commit(group);
    if (waiting.length > 0) return schedule();
    for (const listener of idleListeners) listener();
    idleListeners = [];
  }

  function commit(group: readonly Job[]): void {
    meter?.reset();
    const beganAt = meter === null ? 0 : performance.now();
    const attempt = attemptTogether(transactions, group);
    switch (attempt.kind) {
      case 'committed':
        for (const [index, job] of group.entries()) job.resolve(attempt.results[index]);
        meter?.report(beganAt - (group[0]?.submittedAt ?? beganAt), performance.now() - beganAt);
        return;
      case 'write-failed':
        if (group.length === 1) return rejectAll(group, attempt.error);
        // Only the failing write may be rejected: each gets its own transaction.
        for (const job of group) commit([job]);
        return;
      case 'commit-failed':
        return rejectAll(group, attempt.error);
    }
  }

  return {
    submit<Result>(write: () => Result) {
      return new Promise<Result>((resolve, reject) => {
        const submittedAt = meter === null ? 0 : performance.now();
        waiting.push({ submittedAt, write, resolve: resolve as (result: unknown) => void, reject });
        schedule();
      });
    },
    async idle() {
      if (waiting.length === 0) return;
      await new Promise<void>((resolve) => idleListeners.push(resolve));
    },
  };
}

function rejectAll(group: readonly Job[], error: unknown): void {
  for (const job of group) job.reject(error);
}

function attemptTogether(transactions: Transactions, group: readonly Job[]): Attempt {
  try {
    transactions.begin();
  } catch (error) {
    undo(transactions);
    return { kind: 'commit-failed', error };
  }
  let results: readonly unknown[];
  try {
    results = group.map((job) => job.write());
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
    // The group is rejected with the fault that led here.
  }
}
