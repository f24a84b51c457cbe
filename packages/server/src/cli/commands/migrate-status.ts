import { readSchema } from '../../compose/schema.ts';
import { isMissingFile } from '../../compose/store.ts';
import { describeAddress } from '../../config/store-address.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';

/** `migrate status`: whether the schema is the one of this release. Changes nothing. */
export const migrateStatusCommand: CliCommand = defineCommand({
  name: 'migrate status',
  summary: 'tell whether the tables of the database are current',
  usage: 'migrate status [OPTIONS]',
  about:
    'Prints the schema version of the database, the newest one and the steps between them; changes nothing. Exit code ' +
    '0 when the schema is current, 1 when steps are pending or the database is newer than this release.',
  settings: { db: DB_SETTING, json: JSON_SETTING },
  async run({ values: { db } }) {
    const { current, newest, pending } = await readSchema(db);
    return {
      kind: 'answer',
      text: [
        ...(isMissingFile(db) ? [`There is no file ${describeAddress(db)} yet.`] : []),
        `The database has schema version ${current}, the newest is ${newest}.`,
        ...pending.map(({ version, name }) => `pending ${version}: ${name}`),
      ],
      json: { current, newest, pending },
      needsAttention: pending.length > 0,
    };
  },
});
