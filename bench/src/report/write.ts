import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { renderReport } from './markdown.ts';
import { drawPlots } from './plots.ts';
import { formatResults, type Results } from './results.ts';

/** File with the results themselves. */
export const RESULTS_FILE = 'results.json';

/** Everything that is derived from the results and lies beside them: texts by file name. */
export function derivedFiles(results: Results): ReadonlyMap<string, string> {
  return new Map([['README.md', renderReport(results)], ...drawPlots(results)]);
}

/** Writes the results and what is derived from them into a folder; plots of an earlier run go. */
export function writeResults(folder: string, results: Results): void {
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(folder)) if (name.endsWith('.svg')) rmSync(join(folder, name));
  writeFileSync(join(folder, RESULTS_FILE), formatResults(results));
  for (const [name, text] of derivedFiles(results)) writeFileSync(join(folder, name), text);
}
