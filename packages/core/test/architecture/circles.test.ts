import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findCircles } from './circles.ts';
import { filesIn, readText, root, SOURCE_FOLDERS, treeOf } from './workspace.ts';

const paths = SOURCE_FOLDERS.flatMap((folder) => filesIn(folder, /\.(ts|mts|js|mjs)$/)).filter(
  (path) => !path.endsWith('.config.ts'),
);
const workspace = treeOf(paths.map((path) => [path, readText(path)]));

/** Packages of the workspace by folder, with the files that their entries stand for. */
function entries(): ReadonlyMap<string, string> {
  const folders = new Set(
    paths.map((path) =>
      path
        .split('/')
        .slice(0, path.startsWith('bench/') ? 1 : 2)
        .join('/'),
    ),
  );
  return new Map([...folders].filter((folder) => existsSync(join(root, folder, 'package.json'))).flatMap(entriesOf));
}

function entriesOf(folder: string): readonly (readonly [string, string])[] {
  const { name, exports = {} } = JSON.parse(readText(`${folder}/package.json`)) as {
    readonly name: string;
    readonly exports?: Readonly<Record<string, string | { readonly '@reservations/source'?: string }>>;
  };
  return Object.entries(exports).flatMap(([entry, target]) => {
    const file = typeof target === 'string' ? target : target['@reservations/source'];
    return file === undefined ? [] : [[name + entry.slice(1), `${folder}/${file.slice(2)}`] as const];
  });
}

test('no files import each other in a circle, in no package and not across packages', () => {
  const circles = findCircles(workspace, entries());
  expect(circles.map((circle) => circle.join(' → '))).toEqual([]);
});

test('the entries of the workspace are followed', () => {
  expect(entries().get('@reservations/core/ports')).toBe('packages/core/src/ports.ts');
  expect([...entries().values()].filter((path) => path.endsWith('.ts') && !workspace.has(path))).toEqual([]);
});

test.each([
  ['an import', "import { b } from './b.ts';"],
  ['an import of a type', "import type { B } from './b.ts';"],
  ['an inline import of a type', "import { type B } from './b.ts';"],
  ['a type by import()', "export const a = (b: import('./b.ts').B) => b;"],
  ['import()', "export const a = async () => await import('./b.ts');"],
  ['export from', "export { b } from './b.ts';"],
  ['export of a type from', "export type { B } from './b.ts';"],
  ['export of everything from', "export * from './b.ts';"],
  ['an import without names', "import './b.ts';"],
])('%s closes a circle', (_title, text) => {
  const tree = treeOf([
    ['p/a.ts', text],
    ['p/b.ts', "import { a } from './a.ts';"],
  ]);
  expect(findCircles(tree)).toEqual([['p/a.ts', 'p/b.ts', 'p/a.ts']]);
});

test('a circle of three files over folders is found, the shortest through its first file', () => {
  const tree = treeOf([
    ['p/x/a.ts', "import '../b.ts';\nimport '../y/d.ts';"],
    ['p/b.ts', "export type { C } from './y/c.ts';"],
    ['p/y/c.ts', "import type { A } from '../x/a.ts';"],
    ['p/y/d.ts', "import './e.ts';"],
    ['p/y/e.ts', "import '../b.ts';"],
  ]);
  expect(findCircles(tree)).toEqual([['p/b.ts', 'p/y/c.ts', 'p/x/a.ts', 'p/b.ts']]);
});

test('a file that imports itself is a circle', () => {
  expect(findCircles(treeOf([['p/a.ts', "import type { A } from './a.ts';"]]))).toEqual([['p/a.ts', 'p/a.ts']]);
});

test('two circles are both found', () => {
  const pair = (one: string, other: string): readonly (readonly [string, string])[] => [
    [`p/${one}.ts`, `import './${other}.ts';`],
    [`p/${other}.ts`, `import './${one}.ts';`],
  ];
  expect(findCircles(treeOf([...pair('a', 'b'), ...pair('c', 'd')]))).toHaveLength(2);
});

test('a circle through the name of a package is found', () => {
  const tree = treeOf([
    ['packages/one/index.ts', "export { a } from './a.ts';"],
    ['packages/one/a.ts', "import { a } from '@reservations/one';"],
  ]);
  const names = new Map([['@reservations/one', 'packages/one/index.ts']]);
  expect(findCircles(tree, names)).toHaveLength(1);
});

test('files that only share what they import are no circle', () => {
  const tree = treeOf([
    ['p/a.ts', "import './b.ts';\nimport './c.ts';"],
    ['p/b.ts', "import './c.ts';\nimport 'node:fs';"],
    ['p/c.ts', '/** import "./a.ts" */\nexport {};'],
  ]);
  expect(findCircles(tree)).toEqual([]);
});
