import type Database from 'better-sqlite3';
import type { DueWork } from '../../../ports/due-work.ts';
import { assertDueAt, assertLease, assertTakeLimit } from '../../support/arguments.ts';
import { workQueries } from '../../sql/queries/work.ts';
import { fromWorkRow } from '../../sql/rows/work.ts';
import type { Access } from '../access.ts';
import { prepare, sql } from '../prepared.ts';

/** The due work on a connection. */
export function createDueWork(database: Database.Database, { read, write }: Access): DueWork {
  const queries = workQueries(sql);
  const oldest = prepare(database, queries.oldest);
  const gauge = prepare(database, queries.gauge);
  return {
    async take(request) {
      assertLease(request);
      const { kind, owner, now, leaseUntil, limit } = request;
      return await write('takeWork', { kind, owner, now, leaseUntil, limit });
    },
    async release({ kind, id, owner, dueAt, lastOutcome }) {
      assertDueAt(dueAt);
      return await write('releaseWork', { kind, id, owner, dueAt, lastOutcome });
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
