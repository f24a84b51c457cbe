import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { IN_MEMORY, type SqliteAddress } from '../../config/store-address.ts';
import { readSchema } from '../schema.ts';
import { openStoreBeside } from '../store.ts';
import { schemaFinding } from './check-schema.ts';
import { failed, type Finding, leftOut, messageOf, ok, warning } from './finding.ts';
import { checkMount } from './check-mount.ts';

/** Checks the place of a SQLite file, and the file, if it is there: durability, tables, marks of a move. Changes nothing. */
export async function checkSqlite(
  address: SqliteAddress,
  { requireSchema }: { readonly requireSchema: boolean },
): Promise<readonly Finding[]> {
  const { path } = address;
  if (path === IN_MEMORY) {
    return [warning('database', 'nothing is kept when the server ends', 'name a file or a database: --db')];
  }
  const directory = dirname(resolve(path));
  const place = checkPlace(directory);
  if (place.result === 'failed') return [place];
  const mount = await checkMount(directory);
  if (!existsSync(path) || statSync(path).size === 0) {
    const found = `there is no database at ${path} yet`;
    const file = requireSchema
      ? failed('database: file', found, '--require-schema makes none: run "reservations-server migrate up"')
      : ok('database: file', `${found}; serve makes it`);
    return [place, mount, file, leftOut('database: schema', found)];
  }
  return [place, mount, ...(await checkFile(address, requireSchema))];
}

function checkPlace(directory: string): Finding {
  const name = 'database: directory';
  if (!existsSync(directory)) {
    return failed(name, `${directory} does not exist`, 'create it, or name another place: --db');
  }
  try {
    // SQLite makes its log and its index beside the file.
    accessSync(directory, constants.W_OK | constants.X_OK);
    return ok(name, `${directory} can be written`);
  } catch {
    const user = process.getuid?.();
    const owner = user === undefined ? 'the user of the server' : `the user ${user}, whose this process is`;
    return failed(
      name,
      `${directory} cannot be written`,
      `let ${owner} write to it (chown, chmod, or fsGroup of a pod)`,
    );
  }
}

async function checkFile(address: SqliteAddress, requireSchema: boolean): Promise<readonly Finding[]> {
  const schema = await schemaFinding(() => readSchema(address), requireSchema);
  if (schema.result !== 'ok') return [schema, leftOut('database: file', 'its schema is not current')];
  const warnings: string[] = [];
  try {
    const store = await openStoreBeside(address, (message) => warnings.push(message));
    await store.close();
  } catch (error) {
    const remedy = 'see "Checking the database" and "Placement of the SQLite file" in docs/operations.md';
    return [schema, failed('database: file', messageOf(error), remedy)];
  }
  const [first] = warnings;
  if (first === undefined) return [schema, ok('database: file', 'opens, with WAL and synchronous FULL')];
  return [schema, warning('database: file', first, 'do what the message says before serving')];
}
