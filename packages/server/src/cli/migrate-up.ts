import { switchSetting } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, EXIT_OK } from './command.ts';
import { DB_SETTING } from './database.ts';
import { reportFaults } from './report.ts';
import { migrateSchema, readSchema } from './schema.ts';

interface MigrateUpConfig {
  readonly db: string;
  readonly dryRun: boolean;
}

/** The settings of `migrate up`. */
export const MIGRATE_UP_SETTINGS: Settings<MigrateUpConfig> = {
  db: DB_SETTING,
  dryRun: switchSetting({
    flag: 'dry-run',
    env: null,
    description: 'Run all pending steps in one transaction and undo it',
  }),
};

/** `migrate up`: makes the tables, or brings them to the schema of this release. */
export const migrateUpCommand: CliCommand = {
  name: 'migrate up',
  summary: 'make or upgrade the tables of the database',
  usage: 'migrate up [OPTIONS]',
  about:
    'Applies every step of the schema that the database lacks, each in a transaction of its own, and prints it. A ' +
    'SQLite file that is not there is made. Servers may be running, and the same command may run elsewhere. Exit code ' +
    '0 when the schema is current afterwards, 1 when a step failed: those before it stand.',
  settings: MIGRATE_UP_SETTINGS,
  async run(args, context) {
    const read = readSettings(MIGRATE_UP_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'migrate up', read.faults);
    const { db, dryRun } = read.values;
    const steps = await migrateSchema(db, dryRun);
    for (const { version, name } of steps) context.print(`${dryRun ? 'would apply' : 'applied'} ${version}: ${name}`);
    const { current } = await readSchema(db);
    const unchanged = dryRun && steps.length > 0 ? ' Nothing was changed.' : '';
    context.print(`The database has schema version ${current}.${unchanged}`);
    return EXIT_OK;
  },
};
