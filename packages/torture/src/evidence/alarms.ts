import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Lines of the servers' logs that alert an operator. */
export interface Alarms {
  /** A reply contradicts a recorded verdict. Never expected with this payment service. */
  readonly contradictions: readonly string[];
  /** The database lost events or does not store them durably. Never expected with a durable database. */
  readonly storeAlarms: readonly string[];
}

/** Reads the alarms from the logs of all servers in a folder. */
export async function alarmsIn(folder: string): Promise<Alarms> {
  const logs = (await readdir(folder)).filter((name) => /^server-\d+\.log$/.test(name));
  const texts = await Promise.all(logs.map((name) => readFile(join(folder, name), 'utf8')));
  const lines = texts.flatMap((text) => text.split('\n'));
  return {
    contradictions: lines.filter((line) => line.includes('"kind":"contradiction"')),
    storeAlarms: lines.filter((line) => line.includes('"kind":"store-alarm"') && line.includes('"raised":true')),
  };
}
