import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { fillPage, PAGES } from './documents.ts';
import { formatResults, parseResults } from './results.ts';
import { derivedFiles, RESULTS_FILE } from './write.ts';

const root = new URL('../../../', import.meta.url);
const folder = new URL('bench/results/', root);

function read(path: string, base: URL): string {
  return readFileSync(new URL(path, base), 'utf8');
}

const text = read(RESULTS_FILE, folder);
const results = parseResults(text);

test('the committed results are written as a run writes them', () => {
  expect(formatResults(results)).toBe(text);
});

test.each(PAGES)('the figures of %s are those of the committed results (pnpm bench:docs)', (page) => {
  expect(fillPage(read(page, root), results)).toBe(read(page, root));
  expect(read(page, root)).toContain('<!-- bench: ');
});

test('tables and plots beside the results are those of the results, and none is left from an earlier run', () => {
  const derived = derivedFiles(results);
  const committed = readdirSync(fileURLToPath(folder)).filter((name) => ![RESULTS_FILE, 'partial'].includes(name));
  expect(committed.toSorted()).toEqual([...derived.keys()].toSorted());
  for (const [name, expected] of derived) expect([name, read(name, folder)]).toEqual([name, expected]);
});
