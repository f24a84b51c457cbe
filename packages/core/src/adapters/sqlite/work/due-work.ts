import type Database from 'better-sqlite3';
import { sql as raw } from 'kysely';
import type { DueWork } from '../../../ports/due-work.ts';
import { assertDueAt, assertLease, assertTakeLimit } from '../../support/arguments.ts';
import { ONLY_SHARD, type WorkRow } from '../../sql/columns.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { fromWorkRow, takenRow } from '../../sql/rows/work.ts';
import type { Access } from '../access.ts';
import { type Prepared, prepare, sql, written } from '../prepared.ts';

/** The due work on a connection. */
export function createDueWork(database: Database.Database, { read, write }: Access): DueWork {
  const queries = workQueries(sql);
  const due = prepareDue(database);
  const lease = prepare(database, queries.lease);
  const release = prepare(database, queries.release);
  const oldest = prepare(database, queries.oldest);
  const gauge = prepare(database, queries.gauge);
  return {
    async take(request) {
      assertLease(request);
      const { kind, owner, now, leaseUntil, limit } = request;
      return await write(() =>
        due.all({ kind, now, limit }).map((row) => {
          const taken = takenRow(row, { owner, leaseUntil });
          lease.run(taken);
          return { ...fromWorkRow(taken), owner };
        }),
      );
    },
    async release({ kind, id, owner, dueAt, lastOutcome }) {
      assertDueAt(dueAt);
      return await write(() => release.run({ kind, id, owner, dueAt, lastOutcome }) > 0);
    },
    async list({ kind, limit }) {
      assertTakeLimit(limit);
      return await read(() => oldest.all({ kind, limit }).map(fromWorkRow));
    },
    gauge: ({ kind }) => read(() => gauge.get({ kind }) ?? { open: 0, oldestOpenedAt: null, nextDueAt: null }),
  };
}

/** Makes all leased work due at once, for a process that knows that the owners are dead. */
export function endLeases(database: Database.Database): void {
  prepare(database, () =>
    sql.updateTable('due_work').set({ owner: null, due_at: 0 }).where('owner', 'is not', null),
  ).run({});
}

interface Due {
  readonly kind: string;
  readonly now: number;
  readonly limit: number;
}

function prepareDue(database: Database.Database): Prepared<Due, WorkRow> {
  return prepare(database, ({ kind, now, limit }: Due) =>
    written(raw<WorkRow>`select * from due_work indexed by due_work_by_due_at
      where shard = ${ONLY_SHARD} and kind = ${kind} and due_at >= 0 and due_at <= ${now}
      order by due_at, id limit ${limit}`),
  );
}
