import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers';
import { isReservationError, ReservationError } from '../../../errors.ts';
import type { AppendResult } from '../../../ports/event-store.ts';
import type { CommitMeter } from '../../support/commit-meter.ts';
import type { EncodedAppend } from '../../sql/encoded-append.ts';

/** Largest number of appends in one commit. */
export const GROUP_APPENDS_MAX = 256;

/** Once the texts of a group's events have this length, in UTF-16 code units, no append joins it. */
export const GROUP_LENGTH_MAX: number = 4 * 1024 * 1024;

/** Result of one append of a group; an Error is the fault of that append alone. */
export type AppendOutcome = AppendResult | Error;

/** Commits appends of different streams and keys together; rejects when it is unknown whether it did. */
export type CommitGroup = (group: readonly EncodedAppend[]) => Promise<readonly AppendOutcome[]>;

/** Collects appends, and commits together those that arrived during the previous commit. */
export interface GroupCommit {
  /** Resolves once the commit is on disk. Appends of one stream or key keep their order. @throws {ReservationError} STORE_UNAVAILABLE. */
  submit(append: EncodedAppend): Promise<AppendResult>;
}

interface Job {
  readonly append: EncodedAppend;
  /** Length of the events' texts. */
  readonly length: number;
  /** Names of stream and key: no two appends of a group share one. */
  readonly names: readonly string[];
  readonly submittedAt: number;
  resolve(result: AppendResult): void;
  reject(error: unknown): void;
}

/**
 * One round trip and one fsync for many appends; a lone append is not delayed. An append that waited longer than
 * `waitMaxMs` for its commit to begin fails without having been sent.
 */
export function createGroupCommit(
  commit: CommitGroup,
  waitMaxMs: number,
  meter: CommitMeter | null = null,
): GroupCommit {
  let waiting: Job[] = [];
  let isCommitting = false;

  async function commitAll(): Promise<void> {
    while (waiting.length > 0) {
      const { group, late, rest } = nextGroup(waiting, performance.now() - waitMaxMs);
      waiting = rest;
      const message = `PostgreSQL cannot be used now: an append waited for more than ${waitMaxMs} ms`;
      for (const job of late) job.reject(new ReservationError('STORE_UNAVAILABLE', message));
      if (group.length > 0) await commitTogether(group);
    }
    isCommitting = false;
  }

  async function commitTogether(group: readonly Job[]): Promise<void> {
    meter?.reset();
    const beganAt = meter === null ? 0 : performance.now();
    let outcomes: readonly AppendOutcome[];
    try {
      outcomes = await commit(group.map(({ append }) => append));
    } catch (error) {
      if (group.length === 1 || isReservationError(error, 'STORE_UNAVAILABLE')) {
        for (const job of group) job.reject(error);
        return;
      }
      // Only the failing append may be rejected: each is sent in its own statement.
      for (const job of group) await commitTogether([job]);
      return;
    }
    for (const [index, job] of group.entries()) {
      const outcome = outcomes[index] ?? new Error('the server said nothing about this append');
      if (outcome instanceof Error) job.reject(outcome);
      else job.resolve(outcome);
    }
    meter?.report(beganAt - (group[0]?.submittedAt ?? beganAt), performance.now() - beganAt);
  }

  return {
    submit(append) {
      return new Promise((resolve, reject) => {
        const submittedAt = performance.now();
        waiting.push({ append, length: lengthOf(append), names: namesOf(append), submittedAt, resolve, reject });
        if (isCommitting) return;
        isCommitting = true;
        // At the end of this turn of the event loop: appends of the same turn share the commit.
        setImmediate(() => void commitAll());
      });
    },
  };
}

interface NextGroup {
  readonly group: readonly Job[];
  /** Submitted before the deadline. */
  readonly late: readonly Job[];
  readonly rest: Job[];
}

/**
 * As many as fit, in the order of submission. An append waits for an earlier one of the same stream or key, and later ones
 * pass it, so that many appends of one key do not delay others.
 */
function nextGroup(waiting: readonly Job[], submittedBefore: number): NextGroup {
  const lateCount = waiting.findIndex(({ submittedAt }) => submittedAt >= submittedBefore);
  const start = lateCount === -1 ? waiting.length : lateCount;
  const group: Job[] = [];
  const passed: Job[] = [];
  const taken = new Set<string>();
  let length = 0;
  let end = start;
  for (const job of waiting.slice(start)) {
    if (group.length === GROUP_APPENDS_MAX || length >= GROUP_LENGTH_MAX) break;
    end += 1;
    if (job.names.some((name) => taken.has(name))) passed.push(job);
    else {
      group.push(job);
      length += job.length;
    }
    for (const name of job.names) taken.add(name);
  }
  return { group, late: waiting.slice(0, start), rest: [...passed, ...waiting.slice(end)] };
}

function namesOf({ stream, key, work }: EncodedAppend): readonly string[] {
  const names = [`s${stream}`];
  if (key.kind !== 'keep') names.push(JSON.stringify([key.scope, key.key]));
  if (work.change !== 'keep') names.push(`w${JSON.stringify([work.kind, work.id])}`);
  return names;
}

function lengthOf({ events }: EncodedAppend): number {
  return events.reduce((length, { data, metadata }) => length + data.length + metadata.length, 0);
}
