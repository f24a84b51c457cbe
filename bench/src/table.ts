import type { Speed } from './measure.ts';

/** One line of a table. */
export interface Row extends Speed {
  readonly what: string;
}

/** Prints rows as a table that can be pasted into a page. */
export function printTable(title: string, rows: readonly Row[]): void {
  console.log(`\n| ${title} | per s | p50 ms | p99 ms |\n|---|---|---|---|`);
  for (const { what, perSecond, p50Ms, p99Ms } of rows) {
    console.log(`| ${what} | ${Math.round(perSecond).toLocaleString('en')} | ${show(p50Ms)} | ${show(p99Ms)} |`);
  }
}

function show(ms: number): string {
  return ms.toFixed(ms < 10 ? 2 : 0);
}
