import { switchSetting } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, EXIT_OK } from './command.ts';
import { DB_SETTING } from './database.ts';
import { reportFaults } from './report.ts';
import { readSchema, schemaScript } from './schema.ts';

interface MigratePrintConfig {
  readonly db: string;
  readonly all: boolean;
}

/** The settings of `migrate print`. */
export const MIGRATE_PRINT_SETTINGS: Settings<MigratePrintConfig> = {
  db: {
    ...DB_SETTING,
    parse: (text) => (text === 'postgres:' || text === 'sqlite:' ? text : DB_SETTING.parse(text)),
  },
  all: switchSetting({
    flag: 'all',
    env: null,
    description: 'Print every step; --db says only which kind of database, and "--db postgres:" is enough',
  }),
};

/** `migrate print`: the statements of the pending steps, for those who run them by other means. */
export const migratePrintCommand: CliCommand = {
  name: 'migrate print',
  summary: 'print the statements that upgrade the tables',
  usage: 'migrate print [OPTIONS]',
  about:
    'Prints the statements of all pending steps, each step in a transaction of its own, as a script for psql or for ' +
    'sqlite3; changes nothing. With --all it prints every step and needs no database.',
  settings: MIGRATE_PRINT_SETTINGS,
  async run(args, context) {
    const read = readSettings(MIGRATE_PRINT_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'migrate print', read.faults);
    const { db, all } = read.values;
    if (!all && /^[a-z]+:$/.test(db))
      return reportFaults(context, 'migrate print', [`--db: expected --all with ${db}`]);
    const after = all ? 0 : (await readSchema(db)).current;
    context.print(schemaScript(db, after).trimEnd());
    return EXIT_OK;
  },
};
