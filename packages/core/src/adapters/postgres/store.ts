import type { Observer } from '../../ports/observer.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createCommitMeter } from '../support/commit-meter.ts';
import { createApiKeys } from './api-keys.ts';
import { createAccess } from './access.ts';
import { createAppend } from './log/append.ts';
import type { CommitHints } from './log/commit-hints.ts';
import type { Connections, PoolLoad } from './open/connection.ts';
import { createEventStore } from './log/event-store.ts';
import { type CommitGroup, createGroupCommit } from './log/group-commit.ts';
import { createDueWork } from './work/due-work.ts';
import type { LogMemory } from './open/log-end.ts';
import { createReservationView } from './view/reservation-view.ts';
import { createViewRepair } from './view/view-repair.ts';
import { checkServing } from './open/serving-probe.ts';
import { createSubscriptions } from './subscriptions.ts';

/** A store over PostgreSQL, with state for monitoring. */
export interface PostgresStore extends ReservationStore {
  pool(): PoolLoad;
}

/** What a store works with beside its connections. */
interface StoreDeps {
  readonly hints: CommitHints;
  /** Is told what the store acknowledges and reads. */
  readonly memory: Pick<LogMemory, 'note'>;
  /** The last to use the connections. */
  readonly beforeEnd: () => Promise<void>;
  readonly statementTimeoutMs: number;
  /** Receives an observation for each committed group of appends; null for none. */
  readonly observer: Observer | null;
}

/** A store over a database whose schema and settings are right. Its connections are closed with it. */
export function createPostgresStore(
  connections: Connections,
  { hints, memory, beforeEnd, statementTimeoutMs, observer }: StoreDeps,
): PostgresStore {
  const meter = observer === null ? null : createCommitMeter(observer);
  const commit = announced(createAppend(connections.run, statementTimeoutMs, memory.note, meter), hints);
  const group = createGroupCommit(commit, statementTimeoutMs, meter);
  const access = createAccess(connections, group, { waitMaxMs: statementTimeoutMs, beforeEnd });
  return {
    events: createEventStore(access, hints, memory.note),
    view: createReservationView(access),
    repair: createViewRepair(access, statementTimeoutMs),
    work: createDueWork(access),
    subscriptions: createSubscriptions(access),
    apiKeys: createApiKeys(access),
    checkWritable: () => checkServing(access.run, statementTimeoutMs),
    pool: () => connections.load(),
    close: () => access.close(),
  };
}

/** Tells of each group of which something was committed. */
function announced(commit: CommitGroup, hints: CommitHints): CommitGroup {
  return async (group) => {
    const outcomes = await commit(group);
    if (outcomes.some((outcome) => !(outcome instanceof Error) && outcome.kind === 'appended')) hints.committed();
    return outcomes;
  };
}
