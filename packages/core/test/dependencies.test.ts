import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifests(): readonly Manifest[] {
  const paths = ['packages', 'examples']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'package.json')))
    .filter((path) => existsSync(path));
  return [join(root, 'package.json'), join(root, 'bench/package.json'), ...paths].map(
    (path) => JSON.parse(readFileSync(path, 'utf8')) as Manifest,
  );
}

/** The packages that have a line with a reason. */
function explained(page: string): readonly string[] {
  return [...page.matchAll(/^\| `([^`]+)` +\| +[^\s|].*\|$/gm)].map(([, name = '']) => name);
}

/** Packages of this workspace, which the examples name by version. */
const OWN = '@reservations/';

test('the dependencies of all packages are those that the page on dependencies gives a reason for', () => {
  const used = manifests()
    .flatMap((manifest) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies, ...manifest.peerDependencies }),
    )
    .filter(([name]) => !name.startsWith(OWN))
    .map(([name]) => name);
  const page = readFileSync(join(root, 'docs/decisions/0001-dependencies.md'), 'utf8');
  expect(explained(page).toSorted()).toEqual([...new Set(used)].toSorted());
});

test('a line without a reason explains nothing', () => {
  expect(explained('| `a` | Because. |\n| `b` | |\n| c | Because. |')).toEqual(['a']);
});
