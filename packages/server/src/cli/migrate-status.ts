import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { DB_SETTING } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { readSchema } from './schema.ts';
import { isMissingFile } from './store.ts';

interface MigrateStatusConfig {
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `migrate status`. */
export const MIGRATE_STATUS_SETTINGS: Settings<MigrateStatusConfig> = { db: DB_SETTING, json: JSON_SETTING };

/** `migrate status`: whether the schema is the one of this release. Changes nothing. */
export const migrateStatusCommand: CliCommand = {
  name: 'migrate status',
  summary: 'tell whether the tables of the database are current',
  usage: 'migrate status [OPTIONS]',
  about:
    'Prints the schema version of the database, the newest one and the steps between them; changes nothing. Exit code ' +
    '0 when the schema is current, 1 when steps are pending or the database is newer than this release.',
  settings: MIGRATE_STATUS_SETTINGS,
  async run(args, context) {
    const read = readSettings(MIGRATE_STATUS_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'migrate status', read.faults);
    const { current, newest, pending } = await readSchema(read.values.db);
    if (read.values.json) context.print(JSON.stringify({ current, newest, pending }));
    else {
      if (isMissingFile(read.values.db)) context.print(`There is no file ${read.values.db} yet.`);
      context.print(`The database has schema version ${current}, the newest is ${newest}.`);
      for (const { version, name } of pending) context.print(`pending ${version}: ${name}`);
    }
    return pending.length === 0 ? EXIT_OK : EXIT_FAILURE;
  },
};
