import { CONTENDERS } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import { count, table } from './format.ts';
import { goalsTable } from './goals.ts';
import { drawPlots } from './plots.ts';
import type { Results } from './results.ts';
import { contenderTable, samplesOf } from './tables.ts';

/** The whole run as a page. */
export function renderReport(results: Results): string {
  const plots = [...drawPlots(results).keys()].map((file) => `![${file.replace('.svg', '')}](${file})`);
  const suites = Object.entries(SUITES).filter(([id]) => samplesOf(results, id).length > 0);
  return `${[
    '# Results of the last run',
    describeRun(results),
    versionsTable(results),
    notRun(results),
    '## Goals',
    goalsTable(results),
    '## Plots',
    'Blue is this project, yellow what could be done by hand, grey another project. The line in a bar goes from the slowest to the fastest round.',
    ...plots,
    ...suites.flatMap(([id, { title, operation, cases }]) => [
      `## ${title}`,
      `One operation: ${operation}. Rounds: ${Math.max(...samplesOf(results, id).map(({ round }) => round))}.`,
      ...Object.entries(cases)
        .filter(([name]) => samplesOf(results, id).some((sample) => sample.case === name))
        .flatMap(([name, label]) => [`### ${title}: ${label}`, contenderTable(results, id, name)]),
    ]),
  ].join('\n\n')}\n`;
}

/** A sentence about when, where and how. */
export function describeRun({ circumstances }: Results): string {
  const { startedAt, finishedAt, machine, versions, postgres, options } = circumstances;
  const { cpu, cores, memoryGib, system, fdatasyncsPerSecond } = machine;
  const minutes = finishedAt === null ? null : Math.round((Date.parse(finishedAt) - Date.parse(startedAt)) / 60_000);
  const length = minutes === null ? 'cut off before its end' : `${minutes} min`;
  const rounds = options.rounds === 1 ? '1 round' : `${options.rounds} interleaved rounds`;
  const kind = options.quick
    ? ' This was a quick run: it shows that everything works, and its figures are not to be quoted.'
    : '';
  return `Run of ${startedAt.slice(0, 16).replace('T', ' ')} UTC, ${length}: ${rounds}, ${options.seconds} s for a measurement, medians. Machine: ${cores} cores (${cpu}), ${memoryGib} GiB, ${system}; its disk did ${count(fdatasyncsPerSecond)} fdatasync calls a second, each after 4 KiB. Node ${versions['node'] ?? ''}, SQLite ${versions['sqlite'] ?? ''} (WAL, synchronous=FULL), PostgreSQL ${postgres['server_version'] ?? ''} (fsync ${postgres['fsync'] ?? ''}, synchronous_commit ${postgres['synchronous_commit'] ?? ''}).${kind}`;
}

/** Versions of everything that took part. */
export function versionsTable({ circumstances }: Results): string {
  return table(
    ['package', 'version'],
    Object.entries(circumstances.versions).map(([name, version]) => [name, version]),
  );
}

/** What did not take part, and why. */
export function notRun({ notRun: all }: Results): string {
  if (all.length === 0) return 'Every contender took part.';
  return table(
    ['not run', 'suite', 'round', 'reason'],
    all.map(({ contender, suite, round, reason }) => [
      CONTENDERS[contender].title,
      suite,
      round === null ? 'all' : `${round}`,
      reason.replaceAll('|', '/'),
    ]),
  );
}
