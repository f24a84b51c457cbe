import type { SchemaStatus } from '@reservations/core/postgres';
import { failed, type Finding, messageOf, ok, warning } from './finding.ts';

const CHECK = 'database: schema';

/** Checks the tables of a database against this release; `read` throws when they are not ours or newer. */
export async function schemaFinding(read: () => Promise<SchemaStatus>, requireSchema: boolean): Promise<Finding> {
  try {
    const { current, newest, pending } = await read();
    if (pending.length === 0) return ok(CHECK, `version ${current}, the newest`);
    const found = `version ${current}, the newest is ${newest}`;
    return requireSchema
      ? failed(CHECK, found, 'run "reservations-server migrate up" on it')
      : warning(CHECK, found, 'serve applies what is missing when it starts; "migrate up" does so before');
  } catch (error) {
    return failed(CHECK, messageOf(error), 'use the release that the message asks for, or another database');
  }
}
