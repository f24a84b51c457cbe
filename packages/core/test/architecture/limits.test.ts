import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tableWith } from '../markdown.ts';
import { readText, root } from './workspace.ts';

/** The paths of the column "where" of both tables, which are those within core's sources or within `packages`. */
function pathsOf(page: string): readonly string[] {
  const cells = [
    ...tableWith(page, 'step', 'where').map(([, where = '']) => where),
    ...tableWith(page, 'what', 'bound', 'where').map(([, , where = '']) => where),
  ];
  return cells.flatMap((where) => [...where.matchAll(/`([^`]+)`/g)].map(([, path = '']) => path)).filter(isPath);
}

/** Names of functions stand in the column, too. */
function isPath(code: string): boolean {
  return code.includes('/');
}

function exists(path: string): boolean {
  return existsSync(join(root, 'packages/core/src', path)) || existsSync(join(root, 'packages', path));
}

test('every place in the tables of steps and of limits exists', () => {
  const paths = pathsOf(readText('docs/ARCHITECTURE.md'));
  expect(paths.length).toBeGreaterThan(20);
  expect(paths.filter((path) => !exists(path))).toEqual([]);
});

test('a place that does not exist is found', () => {
  const steps = '| step | where |\n|---|---|\n| a | `domain/no-step.ts`: `decide` |\n\n';
  const limits = '| what | bound | where |\n|---|---|---|\n| a | 1 | `domain/money.ts`, `domain/no.ts` |\n';
  expect(pathsOf(steps + limits).filter((path) => !exists(path))).toEqual(['domain/no-step.ts', 'domain/no.ts']);
});
