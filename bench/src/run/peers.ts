import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PYTHON } from '../contenders/fastapi.ts';
import type { ContenderInfo } from '../contenders/registry.ts';

/** The folder with the peers' manifest, lockfile and programs. */
export const PEERS_FOLDER: string = fileURLToPath(new URL('../../peers', import.meta.url));

/** Why contenders with these needs cannot run here; null when they can. Installs the peers if they are not there. */
export function missing(needs: ContenderInfo['needs']): string | null {
  if (needs === 'peers') return installPeers();
  if (needs === 'fastapi') {
    const { status } = spawnSync(PYTHON, ['-c', 'import fastapi, uvicorn, grpc'], { stdio: 'ignore' });
    return status === 0 ? null : "Debian's python3-fastapi, python3-uvicorn and python3-grpcio are not installed";
  }
  return null;
}

function installPeers(): string | null {
  if (existsSync(join(PEERS_FOLDER, 'node_modules/.package-lock.json'))) return null;
  console.log('installing the peers of bench/peers, which takes some minutes once');
  try {
    execFileSync('npm', ['ci', '--no-audit', '--no-fund'], {
      cwd: PEERS_FOLDER,
      stdio: ['ignore', 'ignore', 'inherit'],
      // A package of theirs reports installations to its maker.
      env: { ...process.env, SCARF_ANALYTICS: 'false' },
    });
    return null;
  } catch (error) {
    return `the packages of bench/peers could not be installed: ${String(error)}`;
  }
}
