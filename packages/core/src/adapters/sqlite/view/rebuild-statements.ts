import type Database from 'better-sqlite3';
import { type EventsTable, ONLY_SHARD, type ReservationsTable } from '../../sql/tables.ts';
import { type AppendStatements, columnsBesideKey, prepareEventsBehind } from '../log/append-statements.ts';
import { prepareLogPage } from '../log/log-pages.ts';
import { type Prepared, prepare, sql } from '../prepared.ts';

/** Which rebuild is the latest. */
export interface TokenStatements {
  readonly current: Prepared<object, { readonly token: string }>;
  readonly put: Prepared<{ readonly token: string; readonly startedAt: number }, unknown>;
  readonly forget: Prepared<object, unknown>;
}

/** Compiles them for a connection. */
export function prepareTokenStatements(database: Database.Database): TokenStatements {
  return {
    current: prepare(database, () => sql.selectFrom('view_rebuilds').select('token').where('shard', '=', ONLY_SHARD)),
    put: prepare(database, ({ token, startedAt }: { readonly token: string; readonly startedAt: number }) =>
      sql
        .insertInto('view_rebuilds')
        .values({ shard: ONLY_SHARD, token, started_at: startedAt })
        .onConflict((conflict) => conflict.column('shard').doUpdateSet({ token, started_at: startedAt })),
    ),
    forget: prepare(database, () => sql.deleteFrom('view_rebuilds').where('shard', '=', ONLY_SHARD)),
  };
}

/** The statements of a rebuild whose table exists. */
export interface RebuildStatements {
  readonly eventsAfter: Prepared<{ readonly after: number; readonly limit: number }, EventsTable>;
  readonly streamEvents: AppendStatements['eventsBehind'];
  /** Changes no row when there is one whose version is not lower. */
  readonly putRow: Prepared<ReservationsTable, unknown>;
}

/** Compiles them for a connection. */
export function prepareRebuildStatements(database: Database.Database): RebuildStatements {
  return {
    eventsAfter: prepareLogPage(database),
    streamEvents: prepareEventsBehind(database),
    putRow: prepare(database, (row: ReservationsTable) => {
      const columns = columnsBesideKey(row);
      return sql
        .insertInto('reservations_rebuilt')
        .values({ shard: row.shard, reservation_id: row.reservation_id, ...columns })
        .onConflict((conflict) =>
          conflict
            .columns(['shard', 'reservation_id'])
            .doUpdateSet(columns)
            .whereRef('excluded.version', '>', 'reservations_rebuilt.version'),
        );
    }),
  };
}
