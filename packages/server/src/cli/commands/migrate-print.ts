import { readSchema, schemaScript } from '../../compose/schema.ts';
import { switchSetting } from '../../config/setting-kinds.ts';
import type { Setting } from '../../config/settings.ts';
import type { StoreAddress } from '../../config/store-address.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';

/** A database, or only its kind, of which all steps can be printed. */
type PrintTarget = StoreAddress | { readonly kind: 'kind-alone'; readonly of: StoreAddress['kind'] };

/** By the text that names it. */
const KINDS: ReadonlyMap<string, StoreAddress['kind']> = new Map([
  ['postgres:', 'postgres'],
  ['sqlite:', 'sqlite'],
]);

const TARGET_SETTING: Setting<PrintTarget> = {
  ...DB_SETTING,
  parse(text) {
    const of = KINDS.get(text);
    return of === undefined ? DB_SETTING.parse(text) : { kind: 'kind-alone', of };
  },
  describe: (target) => (target.kind === 'kind-alone' ? `${target.of}:` : (DB_SETTING.describe?.(target) ?? '')),
};

/** `migrate print`: the statements of the pending steps, to be run by other means. */
export const migratePrintCommand: CliCommand = defineCommand({
  name: 'migrate print',
  summary: 'print the statements that upgrade the tables',
  usage: 'migrate print [OPTIONS]',
  about:
    'Prints the statements of all pending steps, each step in a transaction of its own, as a script for psql or for ' +
    'sqlite3; changes nothing. With --all it prints every step and needs no database.',
  settings: {
    db: TARGET_SETTING,
    all: switchSetting({
      flag: 'all',
      env: null,
      description: 'Print every step; --db says only which kind of database, and "--db postgres:" is enough',
    }),
  },
  async run({ values: { db, all } }) {
    if (db.kind !== 'kind-alone') {
      const after = all ? 0 : (await readSchema(db)).current;
      return { kind: 'answer', text: [schemaScript(db.kind, after).trimEnd()] };
    }
    if (!all) return { kind: 'faults', faults: [`--db: expected --all with it, found "${db.of}:" alone`] };
    return { kind: 'answer', text: [schemaScript(db.of, 0).trimEnd()] };
  },
});
