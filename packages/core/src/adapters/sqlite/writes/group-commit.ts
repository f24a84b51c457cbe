import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';

/** Largest number of writes in one commit; bounds how long one transaction takes. */
export const GROUP_WRITES_MAX = 256;

/** How a write ended. */
export type Outcome =
  | { readonly kind: 'done'; readonly result: unknown }
  | { readonly kind: 'failed'; readonly error: unknown };

/**
 * Commits writes together and returns the outcome of each, in order; a rejection is the outcome of all. `waitMs` is how long
 * the first of them has waited.
 */
export type CommitGroup<Write> = (writes: readonly Write[], waitMs: number) => Promise<readonly Outcome[]>;

/** Collects writes, and commits together those that arrive together. */
export interface GroupCommit<Write> {
  /** Resolves with the write's result once the commit is on disk; rejects with its error, or with that of the commit. */
  submit(write: Write): Promise<unknown>;
  /** Resolves when no write is pending. */
  idle(): Promise<void>;
}

interface Job<Write> {
  readonly submittedAt: number;
  readonly write: Write;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One fsync for many writes, in the order of submission, one group after the other. A lone write is not delayed: it is
 * committed at the end of this turn of the event loop, unless a group is being committed.
 */
export function createGroupCommit<Write>(commit: CommitGroup<Write>): GroupCommit<Write> {
  let waiting: Job<Write>[] = [];
  let isUnderWay = false;
  let idleListeners: (() => void)[] = [];

  function schedule(): void {
    if (isUnderWay) return;
    isUnderWay = true;
    setImmediate(() => void flush());
  }

  async function flush(): Promise<void> {
    const group = waiting.slice(0, GROUP_WRITES_MAX);
    waiting = waiting.slice(GROUP_WRITES_MAX);
    await settle(group);
    isUnderWay = false;
    if (waiting.length > 0) return schedule();
    for (const listener of idleListeners) listener();
    idleListeners = [];
  }

  async function settle(group: readonly Job<Write>[]): Promise<void> {
    const waitMs = performance.now() - (group[0]?.submittedAt ?? 0);
    try {
      const outcomes = await commit(
        group.map(({ write }) => write),
        waitMs,
      );
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome?.kind === 'done') resolve(outcome.result);
        else reject(outcome?.error);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  }

  return {
    submit(write) {
      return new Promise((resolve, reject) => {
        waiting.push({ submittedAt: performance.now(), write, resolve, reject });
        schedule();
      });
    },
    async idle() {
      if (!isUnderWay) return;
      await new Promise<void>((resolve) => idleListeners.push(resolve));
    },
  };
}
