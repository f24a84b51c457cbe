import type { WorkGauge, WorkKind, WorkName, WorkRelease } from '../../../ports/due-work.ts';
import { columnsOf, type Builder, type Query } from '../prepared-query.ts';
import { DUE_WORK, ONLY_SHARD, type WorkRow } from '../columns.ts';

/** A page of a shard's work, of all kinds, in the order of kinds and ids. */
export interface WorkPage extends WorkPlace {
  readonly limit: number;
}

/** Empty texts sort before every other. */
interface WorkPlace {
  readonly kind: string;
  readonly id: string;
}

/** Queries of due work. Taking it is engine-specific: a named index, or a function. */
interface WorkQueries {
  /** Changes no row when the item is there. */
  readonly insert: Query<WorkRow>;
  readonly owner: Query<WorkName, Pick<WorkRow, 'owner'>>;
  /** Writes owner, due time and attempts. */
  readonly lease: Query<WorkRow>;
  /** Changes no row unless `owner` holds the lease. */
  readonly release: Query<WorkRelease>;
  readonly remove: Query<WorkName>;
  readonly oldest: Query<{ readonly kind: WorkKind; readonly limit: number }, WorkRow>;
  readonly gauge: Query<{ readonly kind: WorkKind }, WorkGauge>;
  /** Items of the shard `shard`. */
  readonly page: (shard: number) => Query<WorkPage, WorkRow>;
}

/** Builds them. */
export function workQueries(sql: Builder): WorkQueries {
  const update = ({ kind, id }: WorkPlace) =>
    sql.updateTable('due_work').where('shard', '=', ONLY_SHARD).where('kind', '=', kind).where('id', '=', id);
  const ofKind = (kind: string) => sql.selectFrom('due_work').where('shard', '=', ONLY_SHARD).where('kind', '=', kind);
  return {
    insert: (row) =>
      sql
        .insertInto('due_work')
        .values(columnsOf(DUE_WORK, row))
        .onConflict((conflict) => conflict.doNothing()),
    owner: ({ kind, id }) => ofKind(kind).select('owner').where('id', '=', id),
    lease: (row) => update(row).set({ owner: row.owner, due_at: row.due_at, attempts: row.attempts }),
    release: ({ kind, id, owner, dueAt, lastOutcome }) =>
      update({ kind, id }).set({ owner: null, due_at: dueAt, last_outcome: lastOutcome }).where('owner', '=', owner),
    remove: ({ kind, id }) =>
      sql.deleteFrom('due_work').where('shard', '=', ONLY_SHARD).where('kind', '=', kind).where('id', '=', id),
    oldest: ({ kind, limit }) => ofKind(kind).selectAll().orderBy('opened_at').orderBy('id').limit(limit),
    gauge: ({ kind }) =>
      ofKind(kind).select(({ fn }) => [
        fn.countAll<number>().as('open'),
        fn.min<number | null>('opened_at').as('oldestOpenedAt'),
        fn.min<number | null>('due_at').as('nextDueAt'),
      ]),
    page:
      (shard) =>
      ({ kind, id, limit }) =>
        sql
          .selectFrom('due_work')
          .selectAll()
          .where('shard', '=', shard)
          .where(({ eb, refTuple, tuple }) => eb(refTuple('kind', 'id'), '>', tuple(kind, id)))
          .orderBy('kind')
          .orderBy('id')
          .limit(limit),
  };
}
