import type { ReservationStore } from '../../ports/reservation-store.ts';
import { ONLY_SHARD } from '../sql/tables.ts';
import { createAccess } from './access.ts';
import { createAppend, hasNoLog } from './append.ts';
import type { CommitHints } from './commit-hints.ts';
import type { Connections } from './connection.ts';
import { createEventStore } from './events.ts';
import { type CommitGroup, createGroupCommit } from './group-commit.ts';
import { createPaymentQueue } from './payment-queue.ts';
import type { LogMemory } from './log-end.ts';
import type { Statement } from './prepared.ts';
import { createReservationView } from './reservation-view.ts';
import { createSubscriptions } from './subscriptions.ts';

/** What a store works with beside its connections. */
interface StoreParts {
  readonly hints: CommitHints;
  /** Is told what the store acknowledges and reads. */
  readonly memory: Pick<LogMemory, 'note'>;
  /** The last to use the connections. */
  readonly beforeEnd: () => Promise<void>;
  readonly statementTimeoutMs: number;
}

/** A store over a database whose schema and settings are right. Its connections are closed with it. */
export function createPostgresStore(
  connections: Connections,
  { hints, memory, beforeEnd, statementTimeoutMs }: StoreParts,
): ReservationStore {
  const commit = announced(createAppend(connections.run, statementTimeoutMs, memory.note), hints);
  const group = createGroupCommit(commit, statementTimeoutMs);
  const access = createAccess(connections, group, { waitMaxMs: statementTimeoutMs, beforeEnd });
  return {
    events: createEventStore(access, hints, memory.note),
    view: createReservationView(access),
    payments: createPaymentQueue(access),
    subscriptions: createSubscriptions(access),
    async checkWritable() {
      const { count } = await access.run(probe(statementTimeoutMs));
      if (count === 0) throw hasNoLog();
    },
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

/**
 * Locks what every append locks, which is a write with a commit of its own: a store in which nobody gets that lock
 * is not writable, however well it writes elsewhere. The server ends the wait, so that one probe after the other leaves
 * no queue behind. The join sets the bound for each row before the row is locked.
 */
const PROBE = `with bound as materialized (select set_config('lock_timeout', $1, true))
select from bound cross join log_locks l where l.shard = $2 for update of l`;

function probe(lockTimeoutMs: number): Statement<unknown> {
  return { text: PROBE, values: [String(lockTimeoutMs), ONLY_SHARD] };
}
