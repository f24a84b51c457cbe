import { ONLY_SHARD, type PaymentQueueTable } from '../../sql/tables.ts';
import type { Statement } from '../prepared.ts';

/** Leases due payments; the rows as they were before, in the order in which they were due. */
export function takePayments(request: {
  readonly owner: string;
  readonly now: number;
  readonly leaseUntil: number;
  readonly limit: number;
}): Statement<PaymentQueueTable> {
  const { owner, now, leaseUntil, limit } = request;
  return {
    text: 'select * from take_payments($1::integer, $2::text, $3::bigint, $4::bigint, $5::bigint)',
    values: [ONLY_SHARD, owner, now, leaseUntil, limit],
  };
}
