import type { ReservationStore } from '../../ports/reservation-store.ts';
import { ONLY_SHARD } from '../sql/tables.ts';
import { createAccess } from './access.ts';
import { createAppend } from './append.ts';
import type { Connections } from './connection.ts';
import { createEventStore } from './events.ts';
import { createGroupCommit } from './group-commit.ts';
import { createPaymentQueue } from './payment-queue.ts';
import { prepare, sql } from './prepared.ts';
import { createReservationView } from './reservation-view.ts';

/** A store over a database whose schema and settings are right. The connections are closed with it. */
export function createPostgresStore(connections: Connections, statementTimeoutMs: number): ReservationStore {
  const group = createGroupCommit(createAppend(connections.run, statementTimeoutMs), statementTimeoutMs);
  const access = createAccess(connections, group, statementTimeoutMs);
  return {
    events: createEventStore(access),
    view: createReservationView(access),
    payments: createPaymentQueue(access),
    async checkWritable() {
      await access.run(probe({}));
    },
    close: () => access.close(),
  };
}

const probe = prepare(() =>
  sql
    .updateTable('write_probe')
    .set((column) => ({ writes: column('writes', '+', 1) }))
    .where('shard', '=', ONLY_SHARD),
);
