import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { ClusterAddress } from './cluster-address.ts';

/** Files of the running server alone, and those that a standby receives over its stream. */
const EXCLUDED: ReadonlySet<string> = new Set(['pg_wal', 'pg_replslot', 'postmaster.pid', 'postmaster.opts']);

const FOLDERS = ['pg_wal', 'pg_wal/archive_status', 'pg_wal/summaries', 'pg_replslot'];
const FOLDER_MODE = 0o700;

/**
 * Copies the files of a running cluster into `directory` so that a standby can be started on them, as pg_basebackup
 * does. The source must keep its log from here on until the standby follows (wal_keep_size).
 */
export async function copyCluster(source: ClusterAddress, directory: string): Promise<void> {
  const { uid, gid } = await stat(source.directory);
  const client = new pg.Client({ connectionString: source.url });
  await client.connect();
  try {
    await client.query("select pg_backup_start('copy', fast => true)");
    const names = (await readdir(source.directory)).filter((name) => !EXCLUDED.has(name));
    const paths = names.map((name) => join(source.directory, name));
    await promisify(execFile)('cp', ['-a', ...paths, directory]);
    const { rows } = await client.query<{ labelfile: string }>(
      'select labelfile from pg_backup_stop(wait_for_archive => false)',
    );
    await writeFile(join(directory, 'backup_label'), rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
  await writeFile(join(directory, 'standby.signal'), '');
  for (const name of FOLDERS) await mkdir(join(directory, name), { mode: FOLDER_MODE });
  for (const name of ['.', 'backup_label', 'standby.signal', ...FOLDERS]) await chown(join(directory, name), uid, gid);
  await chmod(directory, FOLDER_MODE);
}
