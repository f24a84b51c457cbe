import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tableWith } from '../markdown.ts';
import { readText, root } from './workspace.ts';

/** The paths of the column "where", which are those within core's sources or within `packages`. */
function pathsOf(page: string): readonly string[] {
  return tableWith(page, 'what', 'bound', 'where').flatMap(([, , where = '']) =>
    [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path),
  );
}

function exists(path: string): boolean {
  return existsSync(join(root, 'packages/core/src', path)) || existsSync(join(root, 'packages', path));
}

test('every place in the table of limits exists', () => {
  const paths = pathsOf(readText('docs/ARCHITECTURE.md'));
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});

test('a place that does not exist is found', () => {
  const page = '| what | bound | where |\n|---|---|---|\n| a | 1 | `domain/money.ts`, `domain/no.ts` |\n';
  expect(pathsOf(page).filter((path) => !exists(path))).toEqual(['domain/no.ts']);
});
