import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { packedPackages, type PackedPackages, type Project, root } from './sandbox-project.ts';

/** Every entry that is a module. */
export const ENTRIES = [
  '@reservations/core',
  '@reservations/core/ports',
  '@reservations/core/operations',
  '@reservations/core/memory',
  '@reservations/core/sqlite',
  '@reservations/core/postgres',
  '@reservations/core/grpc',
  '@reservations/core/opentelemetry',
  '@reservations/core/sandbox',
  '@reservations/core/testing',
  '@reservations/core/supported-node',
  '@reservations/server',
  '@reservations/server/fastify',
  '@reservations/server/client',
  '@reservations/server/nest',
] as const;

/** Entries that are files to read. */
export const NO_MODULES: ReadonlySet<string> = new Set(['./package.json', './payment.proto']);

/** Entries that need no driver. */
export const DRIVERLESS_ENTRIES = [
  '@reservations/core',
  '@reservations/core/ports',
  '@reservations/core/operations',
  '@reservations/core/sandbox',
  '@reservations/core/memory',
  '@reservations/core/testing',
  '@reservations/core/supported-node',
] as const;
/** Packages that an application installs for the adapter that it uses. */
export const DRIVERS = ['better-sqlite3', 'pg', '@grpc/grpc-js', '@grpc/proto-loader'] as const;

/** What the tests read of a manifest. */
export interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

/** Returns the manifest of a folder of the workspace. */
export function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

/** Installs both packages, with the types of Node. */
export async function installEverything(packages: PackedPackages): Promise<Project> {
  const { devDependencies } = manifestOf('.');
  const types = `@types/node@${devDependencies['@types/node']}`;
  return await packages.project('everything', [packages.core, packages.server, types]);
}

/** Projects of {@link installProjects}: both packages, and core without any driver. */
export interface InstalledProjects {
  readonly everything: Project;
  readonly coreAlone: Project;
}

/** Installs the projects before the tests of a file, and removes them behind. */
export function installProjects(): InstalledProjects {
  let packages: PackedPackages | undefined;
  let everything: Project;
  let coreAlone: Project;
  beforeAll(async () => {
    packages = await packedPackages();
    everything = await installEverything(packages);
    coreAlone = await packages.project('core-alone', [packages.core]);
  });
  afterAll(() => packages?.remove());
  return {
    get everything() {
      return everything;
    },
    get coreAlone() {
      return coreAlone;
    },
  };
}
