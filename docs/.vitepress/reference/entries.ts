import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../repository.ts';

/** An entry of a published package that code imports. */
export interface Entry {
  /** What an import names: `@reservations/core/sqlite`. */
  readonly name: string;
  /** Source file of the entry, from the root of the repository. */
  readonly source: string;
  /** Page of the entry, from the folder of the reference: `core-sqlite.md`. */
  readonly page: string;
}

interface Manifest {
  readonly name: string;
  readonly exports: Readonly<Record<string, string | { readonly '@reservations/source'?: string }>>;
}

const PACKAGES = ['core', 'server'] as const;

/** Returns the entries that the manifests of both packages declare and that have a source, in their order. */
export function readEntries(): readonly Entry[] {
  return PACKAGES.flatMap((folder) => {
    const manifest = JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8')) as Manifest;
    return Object.entries(manifest.exports).flatMap(([path, target]) => {
      const source = typeof target === 'string' ? undefined : target['@reservations/source'];
      if (source === undefined) return [];
      const name = join(manifest.name, path);
      return [
        {
          name,
          source: join('packages', folder, source),
          page: `${name.replace('@reservations/', '').replaceAll('/', '-')}.md`,
        },
      ];
    });
  });
}
