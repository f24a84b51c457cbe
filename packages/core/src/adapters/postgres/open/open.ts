import { checkSwitch } from '../../../options.ts';
import { toObserver } from '../../../ports/combine-observers.ts';
import { assertSchemaMode } from '../../sql/migrations.ts';
import { standardErrorAlarms } from '../../system/standard-error-alarms.ts';
import { assertServable } from '../../sql/store-move.ts';
import { createLocalHints, createNotifiedHints } from '../log/commit-hints.ts';
import { createConnections } from './connection.ts';
import { assertDurable } from './durability.ts';
import { toFault } from '../faults.ts';
import { createLogMemory, lookForEnds } from './log-end.ts';
import { requireSchema, schemaVersion } from '../schema/migrate.ts';
import { migratePostgres } from '../schema/migrations.ts';
import { parseConnectionOptions, type PostgresStoreOptions } from './options.ts';
import { assertServing, explainUnusable } from './serving-probe.ts';
import { createPostgresStore, type PostgresStore } from '../store.ts';
import { readStoreMove } from '../transfer/store-move.ts';
import { createStoreWatch } from './store-watch.ts';
import { POSTGRES_MIGRATIONS } from '../schema/steps.ts';

/**
 * Opens a store over a PostgreSQL database. Any number of servers may have it open; each commits many appends in one
 * round trip.
 * @throws {ReservationError} INVALID_OPTION; STORE_UNSUITABLE when the database is newer than this code, lacks the required
 * schema, is the target of an unfinished move, when a setting of the server endangers commits, the role lacks a privilege,
 * the engine cannot run the statements, or a pooler in between does not support transactions; STORE_UNAVAILABLE.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { schema = 'upgrade', notify = false, serving = true } = options;
  const observer = options.observer === undefined ? null : toObserver(options.observer);
  assertSchemaMode(schema);
  checkSwitch('notify', notify);
  checkSwitch('serving', serving);
  const parsed = parseConnectionOptions(options);
  let onReconnect = (): void => undefined;
  const connections = createConnections(parsed, () => onReconnect());
  try {
    const settings = await assertDurable(connections.run);
    const migrations = POSTGRES_MIGRATIONS;
    if (schema === 'require') await requireSchema(connections.run, migrations);
    else if ((await schemaVersion(connections.run, migrations)) < migrations.length) await migratePostgres(options);
    assertServable('the PostgreSQL database', await readStoreMove(connections.run));
    if (serving) await assertServing(connections);
    const hints = notify ? createNotifiedHints(connections.run, parsed) : createLocalHints();
    const memory = createLogMemory();
    const alarms = observer ?? (serving ? standardErrorAlarms() : null);
    const watch = alarms === null ? null : createStoreWatch(connections.run, memory, alarms);
    if (watch !== null) {
      const { end } = await lookForEnds(connections.run, []);
      if (end !== null) memory.note(end);
      watch.begin(settings);
      onReconnect = watch.wake;
    }
    const beforeEnd = async (): Promise<void> => {
      await Promise.all([hints.close(), watch?.close()]);
    };
    return createPostgresStore(connections, {
      hints,
      memory,
      beforeEnd,
      statementTimeoutMs: parsed.statementTimeoutMs,
      observer,
    });
  } catch (error) {
    await connections.end();
    explainUnusable(toFault(error));
  }
}
