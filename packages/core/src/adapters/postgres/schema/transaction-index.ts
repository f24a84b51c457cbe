/**
 * Finds reservations by the transaction id that the view shows. Reservations without one are not in the index, so
 * that only a charge writes to it.
 */
export const TRANSACTION_INDEX: readonly string[] = [
  `create index reservations_by_transaction on reservations (shard, transaction_id, reservation_id)
where transaction_id is not null`,
];
