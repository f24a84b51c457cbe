import type { ReservationStore } from '../../ports/reservation-store.ts';
import { ONLY_SHARD } from '../sql/tables.ts';
import { createAccess } from './access.ts';
import { createAppend } from './append.ts';
import type { CommitHints } from './commit-hints.ts';
import type { Connections } from './connection.ts';
import { createEventStore } from './events.ts';
import { type CommitGroup, createGroupCommit } from './group-commit.ts';
import { createPaymentQueue } from './payment-queue.ts';
import { prepare, sql } from './prepared.ts';
import { createReservationView } from './reservation-view.ts';
import { createSubscriptions } from './subscriptions.ts';

/** A store over a database whose schema and settings are right. Connections and hints are closed with it. */
export function createPostgresStore(
  connections: Connections,
  hints: CommitHints,
  statementTimeoutMs: number,
): ReservationStore {
  const commit = announced(createAppend(connections.run, statementTimeoutMs), hints);
  const group = createGroupCommit(commit, statementTimeoutMs);
  const access = createAccess(connections, group, { waitMaxMs: statementTimeoutMs, beforeEnd: () => hints.close() });
  return {
    events: createEventStore(access, hints),
    view: createReservationView(access),
    payments: createPaymentQueue(access),
    subscriptions: createSubscriptions(access),
    async checkWritable() {
      await access.run(probe({}));
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

const probe = prepare(() =>
  sql
    .updateTable('write_probe')
    .set((column) => ({ writes: column('writes', '+', 1) }))
    .where('shard', '=', ONLY_SHARD),
);
