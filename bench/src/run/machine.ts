import { closeSync, fdatasyncSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus, release, tmpdir, totalmem, type } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { median } from '../report/statistics.ts';
import type { Circumstances } from '../report/results.ts';
import { PEERS_FOLDER } from './peers.ts';

const BYTES = 4_096;
const TRIES = 5;
const TRY_MS = 200;
const GIB = 2 ** 30;

/** Describes this machine. */
export function describeMachine(): Circumstances['machine'] {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGib: Math.round(totalmem() / GIB),
    system: `${type()} ${release()}`,
    fdatasyncsPerSecond: Math.round(median(Array.from({ length: TRIES }, fdatasyncsPerSecond))),
  };
}

/** Versions of what takes part, from the installed packages. */
export function versions(): Readonly<Record<string, string>> {
  const sqlite = new Database(':memory:');
  const sqliteVersion = String(sqlite.prepare('select sqlite_version()').pluck().get());
  sqlite.close();
  return {
    node: process.versions.node,
    sqlite: sqliteVersion,
    ...installed(import.meta.url, ['better-sqlite3', 'pg', '@grpc/grpc-js', 'koa', 'autocannon']),
    ...installed(join(PEERS_FOLDER, 'package.json'), Object.keys(peersWanted())),
  };
}

function peersWanted(): Readonly<Record<string, string>> {
  const manifest = JSON.parse(readFileSync(join(PEERS_FOLDER, 'package.json'), 'utf8')) as {
    readonly dependencies: Readonly<Record<string, string>>;
  };
  return manifest.dependencies;
}

/** Versions of packages as they are seen from a file; those that are not installed are left out. */
function installed(from: string, names: readonly string[]): Readonly<Record<string, string>> {
  const paths = createRequire(from).resolve.paths('x') ?? [];
  return Object.fromEntries(
    names.flatMap((name) => {
      for (const folder of paths) {
        try {
          const text = readFileSync(join(folder, name, 'package.json'), 'utf8');
          return [[name, (JSON.parse(text) as { readonly version: string }).version]];
        } catch {
          // Not in this folder.
        }
      }
      return [];
    }),
  );
}

function fdatasyncsPerSecond(): number {
  const path = join(tmpdir(), `reservations-bench-${process.pid}`);
  const file = openSync(path, 'w');
  const page = Buffer.alloc(BYTES);
  let count = 0;
  const began = performance.now();
  while (performance.now() - began < TRY_MS) {
    writeSync(file, page);
    fdatasyncSync(file);
    count += 1;
  }
  const elapsedMs = performance.now() - began;
  closeSync(file);
  rmSync(path);
  return count / (elapsedMs / 1_000);
}
