import type { SqlDialect } from './schema.ts';

/**
 * Indexes that are used only by statements that ask for them.
 *
 * Every index begins with `shard`, so that each of them can serve any look-up of a shard by walking all of it. A planner
 * that believes a table to be empty (its statistics were gathered while it was, or its plan was made then) finds that walk
 * as cheap as the look-up by key, and may take it. A partial index is used only by a statement whose conditions imply
 * the index's own: a look-up by key does not, and a statement that goes by due time or by position repeats the
 * condition, which is true of every row.
 */
export function pinnedIndexes({ pinnedExtras }: SqlDialect): readonly string[] {
  return [
    'drop index payment_queue_by_due_at',
    'create index payment_queue_by_due_at on payment_queue (shard, due_at, reservation_id) where due_at >= 0',
    'drop index events_by_position',
    'create unique index events_by_position on events (shard, position) where position > 0',
    ...pinnedExtras,
  ];
}
