import type { PaymentQueue, PaymentQueueGauge } from '../../../ports/due-work.ts';
import { assertDueAt, assertLease, assertTakeLimit } from '../../support/arguments.ts';
import { fromPaymentRow } from '../../sql/payment-rows.ts';
import { ONLY_SHARD } from '../../sql/tables.ts';
import type { Access } from '../access.ts';
import { takePayments } from './take-payments.ts';
import { prepare, sql } from '../prepared.ts';
import { storable } from '../storable.ts';

/** The payment queue. */
export function createPaymentQueue({ run }: Access): PaymentQueue {
  return {
    async take({ owner, now, leaseUntil, limit }) {
      assertLease({ now, leaseUntil, limit });
      const { rows } = await run(takePayments({ owner, now, leaseUntil, limit }));
      return rows.map((row) => {
        const taken = { ...row, due_at: leaseUntil, attempts: row.attempts + 1 };
        return { ...fromPaymentRow(taken), owner };
      });
    },
    async release({ reservationId, owner, dueAt, lastOutcome }) {
      assertDueAt(dueAt);
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
