import { CONTENDERS, type ContenderId } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import { count, factor, milliseconds, table } from './format.ts';
import type { FigureName, Results, Sample } from './results.ts';
import { type Cell, figureOf, ratioOf } from './statistics.ts';

/** A column of a table: its head, and its text for a cell; '' when there is nothing to say. */
export interface Column {
  readonly head: string;
  text(samples: readonly Sample[], cell: Cell): string;
}

function medianOf(head: string, name: FigureName, show: (value: number) => string): Column {
  return {
    head,
    text(samples, cell) {
      const found = figureOf(samples, cell, name);
      return found === null ? '' : show(found.median);
    },
  };
}

function rangeOf(name: FigureName, show: (value: number) => string): Column {
  return {
    head: 'range',
    text(samples, cell) {
      const found = figureOf(samples, cell, name);
      return found === null || found.min === found.max ? '' : `${show(found.min)}…${show(found.max)}`;
    },
  };
}

/** How many times as fast this project is on a store; empty for contenders on the other store. */
function oursDividedBy(id: 'ours-sqlite' | 'ours-postgres', head: string): Column {
  return {
    head,
    text(samples, cell) {
      const { store, kind } = CONTENDERS[cell.contender];
      const ours = CONTENDERS[id].store;
      if (kind === 'ours' || (store !== ours && (store === 'sqlite' || store === 'postgres'))) return '';
      const ratio = ratioOf(samples, { contender: id, case: cell.case }, cell, 'perSecond');
      return ratio === null ? '' : factor(ratio);
    },
  };
}

/** Medians of everything that a suite may measure. */
export const COLUMNS: readonly Column[] = [
  medianOf('per s', 'perSecond', count),
  rangeOf('perSecond', count),
  medianOf('refused per s', 'refusedPerSecond', count),
  medianOf('p50 ms', 'p50Ms', milliseconds),
  medianOf('p99 ms', 'p99Ms', milliseconds),
  medianOf('CPU µs each', 'cpuMicros', count),
  medianOf('peak MiB', 'rssMib', count),
  medianOf('loop delay p99 ms', 'loopDelayMs', milliseconds),
  medianOf('ready ms', 'readyMs', count),
  medianOf('idle MiB', 'idleMib', count),
  medianOf('bytes each', 'bytesEach', count),
  oursDividedBy('ours-sqlite', 'ours on SQLite ÷ this'),
  oursDividedBy('ours-postgres', 'ours on PostgreSQL ÷ this'),
];

/** Rate and latencies alone. */
export const SPEED: readonly Column[] = COLUMNS.filter(({ head }) => ['per s', 'p50 ms', 'p99 ms'].includes(head));

/** Samples of a suite; none when it was not run. */
export function samplesOf(results: Results, suite: string): readonly Sample[] {
  return results.suites[suite] ?? [];
}

/** What a page says in the place of something that the last run did not measure. */
export const NOT_MEASURED = '_Not measured in the last run._';

/** A table with a row for each contender of one case, without columns that are empty. */
export function contenderTable(results: Results, suite: string, name: string): string {
  const contenders = SUITES[suite]?.contenders ?? [];
  return columnsTable(
    samplesOf(results, suite),
    contenders.map((contender) => ({ label: CONTENDERS[contender].title, cell: { contender, case: name } })),
    '',
    COLUMNS,
  );
}

/** A row of a table. */
export interface Row {
  readonly label: string;
  readonly cell: Cell;
}

/** A table with these rows, those left out that were not measured, and columns that say something. */
export function columnsTable(
  samples: readonly Sample[],
  rows: readonly Row[],
  head: string,
  columns: readonly Column[],
): string {
  const lines = rows.map(({ label, cell }) => [label, ...columns.map((column) => column.text(samples, cell))]);
  const measured = lines.filter((line) => line.some((text, index) => index > 0 && text !== ''));
  if (measured.length === 0) return NOT_MEASURED;
  const kept = [head, ...columns]
    .map((_, index) => index)
    .filter((index) => index === 0 || measured.some((line) => line[index] !== ''));
  return table(
    kept.map((index) => (index === 0 ? head : (columns[index - 1]?.head ?? ''))),
    measured.map((line) => kept.map((index) => line[index] ?? '')),
  );
}

/** A table of medians: a row for each contender, a column for each case. */
export function matrix(
  results: Results,
  suite: string,
  contenders: readonly ContenderId[],
  cases: Readonly<Record<string, string>>,
  name: FigureName = 'perSecond',
): string {
  const samples = samplesOf(results, suite);
  const rows = contenders.map((contender) => [
    CONTENDERS[contender].title,
    ...Object.keys(cases).map((id) => {
      const found = figureOf(samples, { contender, case: id }, name);
      return found === null ? '' : name === 'perSecond' ? count(found.median) : milliseconds(found.median);
    }),
  ]);
  const measured = rows.filter((row) => row.slice(1).some((text) => text !== ''));
  return measured.length === 0 ? NOT_MEASURED : table(['', ...Object.values(cases)], measured);
}
