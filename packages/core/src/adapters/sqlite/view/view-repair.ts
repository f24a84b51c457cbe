import type Database from 'better-sqlite3';
import type { ViewRepair } from '../../../ports/admin/view-repair.ts';
import { differs } from '../../sql/rows/reservations.ts';
import { type ReservationRow, toReservationRow } from '../../sql/columns.ts';
import { logQueries } from '../../sql/queries/log.ts';
import { viewQueries } from '../../sql/queries/view.ts';
import { assertBatch, assertRepairPage } from '../../support/arguments.ts';
import type { Access } from '../access.ts';
import { prepare, sql } from '../prepared.ts';

/** The repair of the view on a connection. Write transactions exclude appends of every process. */
export function createViewRepair(database: Database.Database, { write }: Access): ViewRepair {
  const statements = prepareRepairStatements(database);

  function put(row: ReservationRow): boolean {
    const id = row.reservation_id;
    if (statements.lastVersion.get({ stream: id })?.version !== row.version) return false;
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
        const orphans = page.filter((id) => statements.lastVersion.get({ stream: id }) === undefined);
        for (const id of orphans) statements.removeRow.run({ id });
        return { removed: orphans.length, next: ids.length > limit ? (page.at(-1) ?? null) : null };
      });
    },
  };
}

function prepareRepairStatements(database: Database.Database) {
  const view = viewQueries(sql);
  return {
    lastVersion: prepare(database, logQueries(sql).lastVersion),
    findRow: prepare(database, view.find),
    putRow: prepare(database, view.put),
    removeRow: prepare(database, view.remove),
    ids: prepare(database, view.ids),
  };
}
