import type { ReservationStore } from '../../ports/reservation-store.ts';
import { createAccess } from './access.ts';
import { createAppend } from './append.ts';
import type { CommitHints } from './commit-hints.ts';
import type { Connections } from './connection.ts';
import { createEventStore } from './events.ts';
import { type CommitGroup, createGroupCommit } from './group-commit.ts';
import { createPaymentQueue } from './payment-queue.ts';
import type { LogMemory } from './log-end.ts';
import { createReservationView } from './reservation-view.ts';
import { checkServing } from './serving-probe.ts';
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
    checkWritable: () => checkServing(access.run, statementTimeoutMs),
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
