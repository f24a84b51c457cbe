import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFolders, wrongFolders } from './folders.ts';
import { readText, root } from './workspace.ts';

function foldersIn(path: string): readonly string[] | null {
  const folder = join(root, path);
  if (!existsSync(folder)) return null;
  const entries = readdirSync(folder, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

test('the page on architecture lists the folders as they are', () => {
  const listed = readFolders(readText('docs/ARCHITECTURE.md'));
  expect(listed.length).toBeGreaterThan(30);
  expect(wrongFolders(listed, foldersIn)).toEqual([]);
});

test('the folder of the server’s sources has its entry and its program, and no other file', () => {
  const files = readdirSync(join(root, 'packages/server/src'), { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);
  expect(files.toSorted((a, b) => (a < b ? -1 : 1))).toEqual(['index.ts', 'main.ts']);
});

test('a folder that does not exist, and one that is not listed, are found', () => {
  const page = '## Folders\n\nText.\n\n```\np/src/\n  a/    one\n    b/\n  c/\nq/\n```\n';
  const listed = readFolders(page);
  expect(listed).toEqual([
    { path: 'p/src', below: ['a', 'c'] },
    { path: 'p/src/a', below: ['b'] },
    { path: 'p/src/a/b', below: [] },
    { path: 'p/src/c', below: [] },
    { path: 'q', below: [] },
  ]);
  const folders: Readonly<Record<string, readonly string[]>> = { 'p/src': ['a', 'c', 'd'], 'p/src/a': [], q: ['x'] };
  expect(wrongFolders(listed, (path) => folders[path] ?? null)).toEqual([
    'p/src/d is not listed',
    'p/src/a/b does not exist',
    'p/src/c does not exist',
  ]);
});
