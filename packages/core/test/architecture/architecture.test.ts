import { expect, test } from 'vitest';
import { findUndocumented, findViolations, readLayers } from './rules.ts';
import { filesIn, readText, SOURCE_FOLDERS, treeOf } from './workspace.ts';

const layers = readLayers(readText('docs/ARCHITECTURE.md'));
const tree = treeOf(sources().map((path) => [path, readText(path)]));

function sources(): readonly string[] {
  return SOURCE_FOLDERS.flatMap((folder) => filesIn(folder, /\.(ts|js|mjs)$/)).filter(
    (path) => !path.includes('/generated/') && !path.endsWith('.config.ts'),
  );
}

test('every file keeps to its layer, takes nothing from its surroundings and stays short', () => {
  expect(findViolations(tree, layers)).toEqual([]);
});

test('every layer of the table has files', () => {
  const empty = layers.filter(
    ({ paths }) => ![...tree.keys()].some((path) => paths.some((prefix) => path.startsWith(prefix))),
  );
  expect(empty.map(({ name }) => name)).toEqual([]);
});

test.each(entries())('every export of %s has a doc comment', (entry) => {
  expect(findUndocumented(tree, entry)).toEqual([]);
});

function entries(): readonly string[] {
  return ['core', 'server'].flatMap((name) => {
    const manifest = JSON.parse(readText(`packages/${name}/package.json`)) as {
      readonly exports: Readonly<Record<string, string | { readonly '@reservations/source': string }>>;
    };
    return Object.values(manifest.exports)
      .filter((target) => typeof target !== 'string')
      .map((target) => `packages/${name}/${target['@reservations/source'].slice(2)}`);
  });
}

const core = 'packages/core/src';
const server = 'packages/server/src';

test.each([
  [
    'a layer above',
    `${core}/domain/x.ts`,
    "import { a } from '../application/a.ts';",
    `imports ${core}/application/a.ts (application)`,
  ],
  [
    'a type of a layer above',
    `${core}/domain/x.ts`,
    "import type { A } from '../ports/a.ts';",
    `imports ${core}/ports/a.ts (ports)`,
  ],
  [
    'an inline type',
    `${core}/domain/x.ts`,
    "export const a = (b: import('../ports/a.ts').A) => b;",
    `imports ${core}/ports/a.ts (ports)`,
  ],
  [
    'export from',
    `${core}/ports/x.ts`,
    "export { a } from '../adapters/memory/a.ts';",
    `imports ${core}/adapters/memory/a.ts (memory)`,
  ],
  [
    'export everything',
    `${core}/ports/x.ts`,
    "export * from '../adapters/sql/a.ts';",
    `imports ${core}/adapters/sql/a.ts (sql)`,
  ],
  [
    'import()',
    `${core}/application/x.ts`,
    "await import('../adapters/sqlite/a.ts');",
    `imports ${core}/adapters/sqlite/a.ts (sqlite)`,
  ],
  ['import() of something computed', `${core}/application/x.ts`, 'await import(name);', 'imports (computed)'],
  ['require', `${core}/application/x.ts`, "require('koa');", 'imports koa'],
  ['a node module', `${core}/domain/x.ts`, "import { readFileSync } from 'node:fs';", 'imports node:fs'],
  ['a package', `${core}/application/x.ts`, "import { retry } from 'cockatiel';", 'imports cockatiel'],
  ['a part of a package', `${core}/adapters/memory/x.ts`, "import a from 'kysely/helpers';", 'imports kysely/helpers'],
  ['a driver at load time', `${core}/sandbox/x.ts`, "import * as grpc from '@grpc/grpc-js';", 'imports @grpc/grpc-js'],
  [
    'an entry that is not named',
    `${server}/http/x.ts`,
    "import { a } from '@reservations/core/sqlite';",
    'core/sqlite',
  ],
  [
    'the root entry beside another one',
    `${server}/main.ts`,
    "import { a } from '@reservations/core';",
    'imports @reservations/core',
  ],
  [
    'an entry at load time',
    `${server}/cli/x.ts`,
    "import { a } from '@reservations/core/sandbox';",
    'imports @reservations/core/sandbox',
  ],
  ['an entry of a driver', `${core}/adapters/sql/x.ts`, "import a from 'kysely/helpers';", 'imports kysely/helpers'],
  ['another wing', `${server}/http/x.ts`, "import { a } from '../cli/a.ts';", `imports ${server}/cli/a.ts (cli)`],
  ['the composition', `${server}/http/x.ts`, "import { a } from '../compose/a.ts';", '(compose)'],
  ['a framework', `${server}/auth/x.ts`, "import type { Context } from 'koa';", 'imports koa'],
  ['a loose file of the server', `${server}/x.ts`, 'export {};', 'belongs to no layer'],
  ['a test runner', `${core}/testing/x.ts`, "import { test } from 'vitest';", 'imports vitest'],
  ['a test', `${core}/domain/x.ts`, "import { a } from './a.test.ts';", `imports ${core}/domain/a.test.ts`],
  [
    'core by a path',
    'packages/server/src/http/x.ts',
    "import { a } from '../../../core/src/index.ts';",
    'of another package by its path',
  ],
  [
    'core by a path, in a test',
    'packages/server/src/http/x.test.ts',
    "import { a } from '../../../core/src/index.ts';",
    'of another package by its path',
  ],
  ['another example', 'examples/one/x.ts', "import { a } from '../two/a.ts';", 'of another package by its path'],
  ['a driver in an example', 'examples/one/x.ts', "import Database from 'better-sqlite3';", 'imports better-sqlite3'],
  ['a file of no layer', `${core}/utils.ts`, 'export {};', 'belongs to no layer'],
  ['Date.now', `${core}/application/x.ts`, 'const at = Date.now();', 'touches clock'],
  ['Date["now"]', `${core}/application/x.ts`, 'const at = Date["now"]();', 'touches clock'],
  ['Date.now as a value', `${core}/application/x.ts`, 'export const options = { now: Date.now };', 'touches clock'],
  ['Date taken apart', `${core}/application/x.ts`, 'const { now } = Date;', 'touches clock'],
  ['new Date()', `${core}/domain/x.ts`, 'const at = new Date();', 'touches clock'],
  ['performance', `${core}/adapters/memory/x.ts`, 'const at = performance.now();', 'touches clock'],
  ['Math.random', `${core}/adapters/grpc/x.ts`, 'const jitter = Math.random();', 'touches random'],
  ['crypto', `${core}/application/x.ts`, 'const id = crypto.randomUUID();', 'touches random'],
  ['node:crypto', `${core}/adapters/sqlite/x.ts`, "import { randomUUID } from 'node:crypto';", 'touches random'],
  ['setTimeout', `${core}/application/x.ts`, 'setTimeout(() => undefined, 1);', 'touches timers'],
  ['setInterval', `${core}/adapters/memory/x.ts`, 'setInterval(() => undefined, 1);', 'touches timers'],
  ['the environment', `${core}/adapters/grpc/x.ts`, "const host = process.env['HOST'];", 'touches process'],
  ['the console', `${core}/adapters/sqlite/x.ts`, "console.log('a');", 'touches console'],
  ['a detour over globalThis', `${core}/domain/x.ts`, 'const at = globalThis.Date.now();', 'touches global object'],
  ['a long file', `${core}/domain/x.ts`, '// line\n'.repeat(401), 'has 401 lines'],
])('%s is found', (_title, path, text, expected) => {
  expect(findViolations(treeOf([[path, text]]), layers)).toEqual([expect.stringContaining(expected)]);
});

test.each([
  ['its own layer', `${core}/domain/x.ts`, "import { a } from './a.ts';"],
  ['a layer below', `${core}/application/x.ts`, "import { a } from '../domain/a.ts';"],
  ['a type of a driver beside a module', `${core}/adapters/grpc/x.ts`, "import type { Socket } from 'node:net';"],
  ['a driver on demand', `${core}/sandbox/x.ts`, "const grpc = await import('@grpc/grpc-js');"],
  ['a type of a driver', `${core}/sandbox/x.ts`, "import type { Server } from '@grpc/grpc-js';"],
  ['the root entry of a package', `${server}/http/x.ts`, "import { a } from '@reservations/core';"],
  ['an entry that is named', `${server}/cli/x.ts`, "import { a } from '@reservations/core/operations';"],
  ['an entry on demand', `${server}/cli/x.ts`, "await import('@reservations/core/sandbox');"],
  ['every entry', `${server}/compose/x.ts`, "import { a } from '@reservations/core/sqlite';"],
  ['the root entry among every entry', `${server}/compose/x.ts`, "import { a } from '@reservations/core';"],
  ['a test runner in a test', `${core}/domain/x.test.ts`, "import { test } from 'vitest';"],
  ['new Date of a number', `${core}/domain/x.ts`, 'export const at = (ms: number) => new Date(ms);'],
  ['a member called process', `${core}/domain/x.ts`, 'export const a = (b: { process: number }) => b.process;'],
  ['a function of its own called process', `${core}/domain/x.ts`, 'function process() {}\nprocess();'],
  ['400 lines', `${core}/domain/x.ts`, '// line\n'.repeat(400)],
  ['words in a comment', `${core}/domain/x.ts`, "/** Date.now() and import 'koa' */\nexport {};"],
])('%s is allowed', (_title, path, text) => {
  expect(findViolations(treeOf([[path, text]]), layers)).toEqual([]);
});

test('an export without a doc comment is found, behind a detour too', () => {
  const files = treeOf([
    ['e/index.ts', "export { a, type B, c as d } from './x.ts';\nexport const own = 1;\nexport * from './x.ts';"],
    ['e/x.ts', "/** A. */\nexport const a = 1;\nexport interface B {}\nexport { c } from './y.ts';"],
    ['e/y.ts', '/** Not of c. */\n\nconst b = 1;\nexport const c = b;'],
  ]);
  expect(findUndocumented(files, 'e/index.ts')).toEqual([
    'own (e/index.ts)',
    'B (e/x.ts)',
    'd (e/x.ts)',
    'everything of e/x.ts at once (e/index.ts)',
  ]);
});

test('a table that names a layer that does not exist is refused', () => {
  const page =
    '| layer | path | may import | lazily |\n|---|---|---|---|\n\n| layer | may touch | because |\n|---|---|---|\n| ghost | clock | |\n';
  expect(() => readLayers(page)).toThrow('no such layer: ghost');
});
