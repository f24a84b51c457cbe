import { sql as raw } from 'kysely';
import type { PaymentQueue, PaymentQueueGauge } from '../../ports/payment-queue.ts';
import { assertLease, assertTakeLimit } from '../sql/arguments.ts';
import { fromPaymentRow } from '../sql/payment-rows.ts';
import { ONLY_SHARD, type PaymentQueueTable } from '../sql/tables.ts';
import type { Access } from './access.ts';
import { prepare, sql } from './prepared.ts';
import { storable } from './storable.ts';

/** The payment queue. */
export function createPaymentQueue({ run }: Access): PaymentQueue {
  return {
    async take({ owner, now, leaseUntil, limit }) {
      assertLease({ now, leaseUntil, limit });
      const { rows } = await run(lease({ owner, now, leaseUntil, limit }));
      return rows
        .toSorted((a, b) => a.was_due_at - b.was_due_at || (a.reservation_id < b.reservation_id ? -1 : 1))
        .map((row) => ({ ...fromPaymentRow(row), owner }));
    },
    async release({ reservationId, owner, dueAt, lastOutcome }) {
      const { count } = await run(release({ reservationId, owner, dueAt, lastOutcome: storable(lastOutcome) }));
      return count > 0;
    },
    async list({ limit }) {
      assertTakeLimit(limit);
      const { rows } = await run(oldest({ limit }));
      return rows.map(fromPaymentRow);
    },
    async gauge() {
      const { rows } = await run(gauge({}));
      return rows[0] ?? { open: 0, oldestOpenedAt: null, nextDueAt: null };
    },
  };
}

interface Lease {
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}

interface LeasedRow extends PaymentQueueTable {
  readonly was_due_at: number;
}

/**
 * Passes by what somebody else is taking or settling at this moment, and so waits for nobody. The rows are locked in
 * a part of their own, which runs once; as a subquery it might run again and lock more than the limit.
 */
const lease = prepare<Lease, LeasedRow>(({ owner, now, leaseUntil, limit }) =>
  sql
    .with(
      (name) => name('due').materialized(),
      (db) =>
        db
          .selectFrom('payment_queue')
          .select(['reservation_id', 'due_at as was_due_at'])
          .where('shard', '=', ONLY_SHARD)
          .where('due_at', '<=', now)
          .orderBy('due_at')
          .orderBy('reservation_id')
          .limit(limit)
          .forUpdate()
          .skipLocked(),
    )
    .updateTable('payment_queue')
    .from('due')
    .set({ owner, due_at: leaseUntil, attempts: raw`payment_queue.attempts + 1` })
    .where('payment_queue.shard', '=', ONLY_SHARD)
    .whereRef('payment_queue.reservation_id', '=', 'due.reservation_id')
    .returningAll('payment_queue')
    .returning('due.was_due_at'),
);

const release = prepare(
  (parameters: {
    readonly reservationId: string;
    readonly owner: string;
    readonly dueAt: number;
    readonly lastOutcome: string;
  }) =>
    sql
      .updateTable('payment_queue')
      .set({ owner: null, due_at: parameters.dueAt, last_outcome: parameters.lastOutcome })
      .where('shard', '=', ONLY_SHARD)
      .where('reservation_id', '=', parameters.reservationId)
      .where('owner', '=', parameters.owner),
);

const oldest = prepare(({ limit }: { readonly limit: number }) =>
  sql
    .selectFrom('payment_queue')
    .selectAll()
    .where('shard', '=', ONLY_SHARD)
    .orderBy('opened_at')
    .orderBy('reservation_id')
    .limit(limit),
);

const gauge = prepare<object, PaymentQueueGauge>(() =>
  sql
    .selectFrom('payment_queue')
    .select(({ fn }) => [
      fn.countAll<number>().as('open'),
      fn.min<number | null>('opened_at').as('oldestOpenedAt'),
      fn.min<number | null>('due_at').as('nextDueAt'),
    ])
    .where('shard', '=', ONLY_SHARD),
);
