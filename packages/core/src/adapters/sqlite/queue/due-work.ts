import type Database from 'better-sqlite3';
import { sql as raw } from 'kysely';
import type { PaymentQueue, PaymentQueueGauge } from '../../../ports/due-work.ts';
import { assertDueAt, assertLease, assertTakeLimit } from '../../support/arguments.ts';
import { fromPaymentRow } from '../../sql/payment-rows.ts';
import { ONLY_SHARD, type PaymentQueueTable } from '../../sql/tables.ts';
import type { Access } from '../access.ts';
import { prepareRelease } from '../log/append-statements.ts';
import { type Prepared, prepare, sql, written } from '../prepared.ts';

/** The payment queue on a connection. */
export function createPaymentQueue(database: Database.Database, { read, write }: Access): PaymentQueue {
  const due = prepareDue(database);
  const lease = prepareLease(database);
  const release = prepareRelease(database);
  const oldest = prepareOldest(database);
  const gauge = prepareGauge(database);
  return {
    async take(request) {
      assertLease(request);
      const { owner, now, leaseUntil, limit } = request;
      return await write(() =>
        due.all({ now, limit }).map((row) => {
          const taken = { ...row, owner, due_at: leaseUntil, attempts: row.attempts + 1 };
          lease.run(taken);
          return { ...fromPaymentRow(taken), owner };
        }),
      );
    },
    async release({ reservationId, owner, dueAt, lastOutcome }) {
      assertDueAt(dueAt);
      return await write(() => release.run({ stream: reservationId, owner, dueAt, lastOutcome }) > 0);
    },
    async list({ limit }) {
      assertTakeLimit(limit);
      return await read(() => oldest.all({ limit }).map(fromPaymentRow));
    },
    gauge: () => read(() => gauge.get({}) ?? { open: 0, oldestOpenedAt: null, nextDueAt: null }),
  };
}

/** Makes every leased payment due at once: for a process that knows that the owners are dead. */
export function endLeases(database: Database.Database): void {
  prepare(database, () =>
    sql.updateTable('payment_queue').set({ owner: null, due_at: 0 }).where('owner', 'is not', null),
  ).run({});
}

interface Due {
  readonly now: number;
  readonly limit: number;
}

function prepareDue(database: Database.Database): Prepared<Due, PaymentQueueTable> {
  return prepare(database, ({ now, limit }: Due) =>
    written(raw<PaymentQueueTable>`select * from payment_queue indexed by payment_queue_by_due_at
      where shard = ${ONLY_SHARD} and due_at >= 0 and due_at <= ${now} order by due_at, reservation_id limit ${limit}`),
  );
}

function prepareLease(database: Database.Database): Prepared<PaymentQueueTable, unknown> {
  return prepare(database, (row: PaymentQueueTable) =>
    sql
      .updateTable('payment_queue')
      .set({ owner: row.owner, due_at: row.due_at, attempts: row.attempts })
      .where('shard', '=', ONLY_SHARD)
      .where('reservation_id', '=', row.reservation_id),
  );
}

function prepareOldest(database: Database.Database): Prepared<{ readonly limit: number }, PaymentQueueTable> {
  return prepare(database, ({ limit }: { readonly limit: number }) =>
    sql
      .selectFrom('payment_queue')
      .selectAll()
      .where('shard', '=', ONLY_SHARD)
      .orderBy('opened_at')
      .orderBy('reservation_id')
      .limit(limit),
  );
}

function prepareGauge(database: Database.Database): Prepared<object, PaymentQueueGauge> {
  return prepare(database, () =>
    sql
      .selectFrom('payment_queue')
      .select(({ fn }) => [
        fn.countAll<number>().as('open'),
        fn.min<number | null>('opened_at').as('oldestOpenedAt'),
        fn.min<number | null>('due_at').as('nextDueAt'),
      ])
      .where('shard', '=', ONLY_SHARD),
  );
}
