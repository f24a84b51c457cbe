import { migrateSchema, readSchema } from '../../compose/schema.ts';
import { switchSetting } from '../../config/setting-kinds.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';

/** `migrate up`: makes the tables, or brings them to the schema of this release. */
export const migrateUpCommand: CliCommand = defineCommand({
  name: 'migrate up',
  summary: 'make or upgrade the tables of the database',
  usage: 'migrate up [OPTIONS]',
  about:
    'Applies every step of the schema that the database lacks, each in a transaction of its own, and prints it. A ' +
    'SQLite file that is not there is made. Servers may be running, and the same command may run elsewhere. Exit code ' +
    '0 when the schema is current afterwards, 1 when a step failed: those before it stand.',
  settings: {
    db: DB_SETTING,
    dryRun: switchSetting({
      flag: 'dry-run',
      env: null,
      description: 'Run all pending steps in one transaction and undo it',
    }),
  },
  async run({ values: { db, dryRun } }) {
    const steps = await migrateSchema(db, dryRun);
    const { current } = await readSchema(db);
    const unchanged = dryRun && steps.length > 0 ? ' Nothing was changed.' : '';
    return {
      kind: 'answer',
      text: [
        ...steps.map(({ version, name }) => `${dryRun ? 'would apply' : 'applied'} ${version}: ${name}`),
        `The database has schema version ${current}.${unchanged}`,
      ],
    };
  },
});
