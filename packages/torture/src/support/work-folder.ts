import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the files of one run: database, ledger, call log, journal, logs. */
export interface WorkFolder {
  readonly path: string;
  remove(): Promise<void>;
}

/** Creates a temporary folder. */
export async function makeWorkFolder(): Promise<WorkFolder> {
  const path = await mkdtemp(join(tmpdir(), 'reservations-torture-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
