import type Database from 'better-sqlite3';
import type { ViewRepair } from '../../../ports/admin/view-repair.ts';
import { differs, toReservationRow } from '../../sql/reservation-rows.ts';
import { ONLY_SHARD, type ReservationsTable } from '../../sql/tables.ts';
import { assertBatch, assertRepairPage } from '../../support/arguments.ts';
import type { Access } from '../access.ts';
import { preparePutReservation } from '../log/append-statements.ts';
import { type Prepared, prepare, sql } from '../prepared.ts';

/** The repair of the view on a connection. Write transactions exclude appends of every process. */
export function createViewRepair(database: Database.Database, { write }: Access): ViewRepair {
  const statements = prepareRepairStatements(database);

  function put(row: ReservationsTable): boolean {
    const id = row.reservation_id;
    if (statements.lastVersion.get({ id })?.version !== row.version) return false;
    if (!differs(statements.findRow.get({ id }), row)) return false;
    statements.putRow.run(row);
    return true;
  }

  return {
    async put(rows) {
      assertBatch(rows);
      const encoded = rows.map(toReservationRow);
      return await write(() => encoded.filter(put).length);
    },
    async removeOrphans({ after, limit }) {
      assertRepairPage(limit);
      return await write(() => {
        const ids = statements.ids.all({ after: after ?? '', limit: limit + 1 }).map((row) => row.reservation_id);
        const page = ids.slice(0, limit);
        const orphans = page.filter((id) => statements.lastVersion.get({ id }) === undefined);
        for (const id of orphans) statements.removeRow.run({ id });
        return { removed: orphans.length, next: ids.length > limit ? (page.at(-1) ?? null) : null };
      });
    },
  };
}

interface ById {
  readonly id: string;
}

interface RepairStatements {
  readonly lastVersion: Prepared<ById, { readonly version: number }>;
  readonly findRow: Prepared<ById, ReservationsTable>;
  readonly putRow: Prepared<ReservationsTable, unknown>;
  readonly removeRow: Prepared<ById, unknown>;
  readonly ids: Prepared<{ readonly after: string; readonly limit: number }, Pick<ReservationsTable, 'reservation_id'>>;
}

function prepareRepairStatements(database: Database.Database): RepairStatements {
  return {
    lastVersion: prepare(database, ({ id }: ById) =>
      sql
        .selectFrom('events')
        .select('version')
        .where('shard', '=', ONLY_SHARD)
        .where('stream', '=', id)
        .orderBy('version', 'desc')
        .limit(1),
    ),
    findRow: prepare(database, ({ id }: ById) =>
      sql.selectFrom('reservations').selectAll().where('shard', '=', ONLY_SHARD).where('reservation_id', '=', id),
    ),
    putRow: preparePutReservation(database),
    removeRow: prepare(database, ({ id }: ById) =>
      sql.deleteFrom('reservations').where('shard', '=', ONLY_SHARD).where('reservation_id', '=', id),
    ),
    ids: prepare(database, ({ after, limit }: { readonly after: string; readonly limit: number }) =>
      sql
        .selectFrom('reservations')
        .select('reservation_id')
        .where('shard', '=', ONLY_SHARD)
        .where('reservation_id', '>', after)
        .orderBy('reservation_id')
        .limit(limit),
    ),
  };
}
