import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

interface Manifest {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
}

function manifests(): readonly Manifest[] {
  const paths = ['packages', 'examples']
    .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(root, folder, name, 'package.json')))
    .filter((path) => existsSync(path));
  return [join(root, 'package.json'), join(root, 'bench/package.json'), join(root, 'docs/package.json'), ...paths].map(
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

/** The minor of grpc-js on which both proofs of "not sent" were tried (docs/decisions/0012-not-sent-needs-two-witnesses.md). */
const GRPC_MINOR = '1.14';

const GRPC = '@grpc/grpc-js';

/** The minor that a range allows, `1.2.3` or `~1.2.3`; null when it allows more than one. */
function onlyMinor(range: string): string | null {
  return /^~?(\d+\.\d+)\.\d+$/.exec(range)?.[1] ?? null;
}

test('every range of grpc-js allows only the minor on which both proofs of "not sent" were tried', () => {
  const ranges = manifests().flatMap(({ dependencies, devDependencies, peerDependencies }) =>
    [dependencies, devDependencies, peerDependencies]
      .map((group) => group?.[GRPC])
      .filter((range) => range !== undefined),
  );
  expect(ranges.length).toBeGreaterThan(1);
  expect([...new Set(ranges.map((range) => onlyMinor(range)))]).toEqual([GRPC_MINOR]);
});

test('the installed grpc-js is of that minor', () => {
  const path = join(root, 'packages/core/node_modules', GRPC, 'package.json');
  const { version = '' } = JSON.parse(readFileSync(path, 'utf8')) as Manifest;
  expect(onlyMinor(version)).toBe(GRPC_MINOR);
});

test.each([
  ['~1.14.0', '1.14'],
  ['1.14.7', '1.14'],
  ['^1.14.0', null],
  ['~1', null],
  ['>=1.14.0', null],
  ['~1.14.0 || ~1.15.0', null],
  ['1.14.7-rc.1', null],
])('the range %j allows only the minor %j', (range, minor) => {
  expect(onlyMinor(range)).toBe(minor);
});
