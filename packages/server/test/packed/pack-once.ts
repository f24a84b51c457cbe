import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    /** Paths of the packed packages. */
    readonly tarballs: { readonly core: string; readonly server: string };
  }
}

/** Packs both packages out of their built folders, for all files of tests. */
export default async function setUp({ provide }: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(join(tmpdir(), 'reservations-tarballs-'));
  const [core, server] = await Promise.all([pack('core', folder), pack('server', folder)]);
  provide('tarballs', { core, server });
  return () => rm(folder, { recursive: true, force: true });
}

async function pack(name: string, destination: string): Promise<string> {
  const folder = join(destination, `tarball-${name}`);
  const cwd = fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  await promisify(execFile)('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', folder], { cwd });
  const [file] = await readdir(folder);
  if (file === undefined) throw new Error(`pnpm packed nothing for ${name}`);
  return join(folder, file);
}
