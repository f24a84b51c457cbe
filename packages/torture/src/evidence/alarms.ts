import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What the servers' logs say that calls for an operator, as lines of them. */
export interface Alarms {
  /** A verdict contradicts what stands: with this payment service, never. */
  readonly contradictions: readonly string[];
  /** The database does not keep what it should keep, or lost it: with a database that does, never. */
  readonly storeAlarms: readonly string[];
}

/** Reads the logs of all servers in a folder. */
export async function alarmsIn(folder: string): Promise<Alarms> {
  const logs = (await readdir(folder)).filter((name) => /^server-\d+\.log$/.test(name));
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n'));
  return {
    contradictions: lines.filter((line) => line.includes('"kind":"contradiction"')),
    storeAlarms: lines.filter((line) => line.includes('"kind":"store-alarm"') && line.includes('"raised":true')),
  };
}
