import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of one run: database, ledger, record of calls, journal, logs. */
export interface WorkFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes one that nobody else uses. */
export async function makeWorkFolder(): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), 'reservations-torture-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
