import { Database } from '../driver.ts';
import { assert, isReservationError } from '../../../errors.ts';
import type { ReservationView } from '../../../ports/reservation-view.ts';
import {
  REBUILD_EVENTS_BEHIND_MAX,
  type RebuildRequest,
  type SwitchRequest,
  type SwitchResult,
  type ViewRebuild,
} from '../../../ports/view-rebuild.ts';
import { assertBatch, assertPatience, assertRange } from '../../support/arguments.ts';
import { fromEventRows } from '../../sql/event-rows.ts';
import { toReservationRow } from '../../sql/reservation-rows.ts';
import { REBUILT_TABLE, superseded } from '../../sql/view-rebuild.ts';
import type { Access } from '../access.ts';
import { assertKnownSchema } from '../schema/migrate.ts';
import { prepareRebuildStatements, prepareTokenStatements, type TokenStatements } from './rebuild-statements.ts';
import { removeTable } from './remove-table.ts';

/** What was shown before the last switch, until it is removed. */
const REPLACED_TABLE = 'reservations_replaced';

/** Rebuilds on a connection. */
export function createRebuilds(database: Database.Database, access: Access): ReservationView['rebuild'] {
  const tokens = prepareTokenStatements(database);
  return (request) => beginRebuild(database, access, tokens, request);
}

/** Whoever was at it is superseded, and what was left lying is removed. */
async function beginRebuild(
  database: Database.Database,
  access: Access,
  tokens: TokenStatements,
  { token, startedAt }: RebuildRequest,
): Promise<ViewRebuild> {
  function assertCurrent(): void {
    if (tokens.current.get({})?.token !== token) throw superseded(token);
  }

  await access.write(() => tokens.put.run({ token, startedAt }));
  for (const table of [REBUILT_TABLE, REPLACED_TABLE]) {
    await removeTable(database, access, { table, guard: assertCurrent });
  }
  await access.write(() => {
    assertCurrent();
    createRebuiltTable(database);
  });
  const statements = prepareRebuildStatements(database);

  function switchInTransaction({ after, project }: SwitchRequest): SwitchResult {
    assertCurrent();
    const rows = statements.eventsAfter.all({ after, limit: REBUILD_EVENTS_BEHIND_MAX + 1 });
    if (rows.length > REBUILD_EVENTS_BEHIND_MAX) return { kind: 'behind' };
    for (const stream of new Set(fromEventRows(rows, 'position', after).map((event) => event.stream))) {
      const events = fromEventRows(statements.streamEvents.all({ stream, after: 0 }), 'version', 0);
      statements.putRow.run(toReservationRow(project(events)));
    }
    // A table of the old definition must not take the place of one that a newer release has changed.
    assertKnownSchema(database);
    tokens.forget.run({});
    swapTables(database);
    return { kind: 'switched' };
  }

  return {
    async put(batch) {
      assertBatch(batch);
      const rows = batch.map(toReservationRow);
      await access.write(() => {
        assertCurrent();
        for (const row of rows) statements.putRow.run(row);
      });
    },
    async switchOver(request) {
      assertRange({ after: request.after, limit: 1 });
      assertPatience(request.patienceMs);
      const result = await access.write(() => switchInTransaction(request)).catch(busyOrRethrow);
      if (result.kind === 'switched') await removeReplaced(database, access);
      return result;
    },
    async abandon() {
      try {
        await removeTable(database, access, { table: REBUILT_TABLE, guard: assertCurrent });
        await access.write(() => {
          assertCurrent();
          tokens.forget.run({});
        });
      } catch (error) {
        if (!isReservationError(error, 'REBUILD_SUPERSEDED')) throw error;
      }
    },
  };
}

/** The definition is copied, so that it is right whatever migrations have made of the table. */
function createRebuiltTable(database: Database.Database): void {
  const definition: unknown = database
    .prepare("select sql from sqlite_schema where type = 'table' and name = 'reservations'")
    .pluck()
    .get();
  assert(typeof definition === 'string', 'the view has a definition');
  database.exec(definition.replace(/^create table "?reservations"?/i, `create table ${REBUILT_TABLE}`));
}

/** Two entries of the schema change; every other connection notices, and prepares its statements anew. */
function swapTables(database: Database.Database): void {
  // Otherwise views that an operator made would be rewritten to go on reading the table that is removed.
  database.pragma('legacy_alter_table = on');
  try {
    database.exec(`alter table reservations rename to ${REPLACED_TABLE}`);
    database.exec(`alter table ${REBUILT_TABLE} rename to reservations`);
  } finally {
    database.pragma('legacy_alter_table = off');
  }
}

/** The switch has taken place whatever happens here: what remains is removed when the next rebuild begins. */
async function removeReplaced(database: Database.Database, access: Access): Promise<void> {
  await removeTable(database, access, { table: REPLACED_TABLE, guard: () => undefined }).catch(() => undefined);
}

function busyOrRethrow(error: unknown): SwitchResult {
  const cause = error instanceof Error ? error.cause : null;
  if (cause instanceof Database.SqliteError && cause.code.startsWith('SQLITE_BUSY')) return { kind: 'busy' };
  throw error;
}
