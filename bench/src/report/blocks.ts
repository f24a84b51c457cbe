import type { ContenderId } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import { CONCURRENCIES } from '../suites/append.ts';
import { count, factor, milliseconds, table } from './format.ts';
import { goalsTable, obstacles } from './goals.ts';
import { describeRun, notRun, versionsTable } from './markdown.ts';
import { memoryTable, profileTable } from './profiles.ts';
import type { Results } from './results.ts';
import { figureOf, ratioOf } from './statistics.ts';
import { COLUMNS, columnsTable, contenderTable, matrix, NOT_MEASURED, samplesOf, SPEED } from './tables.ts';

const QUICK_HEADLINE = 'How fast it is, beside other projects: [docs/performance.md](docs/performance.md).';

type Block = (results: Results) => string;

/** The parts of pages that are written from the results, by name. */
export const BLOCKS: Readonly<Record<string, Block>> = {
  run: describeRun,
  versions: versionsTable,
  'not-run': notRun,
  goals: goalsTable,
  obstacles,
  headline,
  'append-events': (results) => matrix(results, 'append', SUITES['append']?.contenders ?? [], concurrencies('events')),
  'append-all': (results) => matrix(results, 'append', SUITES['append']?.contenders ?? [], concurrencies('all')),
  'append-events-50': (results) => contenderTable(results, 'append', 'events/50'),
  'append-all-50': (results) => contenderTable(results, 'append', 'all/50'),
  load: (results) => contenderTable(results, 'read', 'load'),
  log: (results) => contenderTable(results, 'read', 'log'),
  follow: (results) =>
    matrix(results, 'follow', SUITES['follow']?.contenders ?? [], SUITES['follow']?.cases ?? {}, 'p99Ms'),
  'follow-both': followTable,
  reservation: (results) => contenderTable(results, 'reservation', '50'),
  'reservation-1': (results) => contenderTable(results, 'reservation', '1'),
  'http-0-50': (results) => contenderTable(results, 'http', '0/50'),
  'http-50-50': (results) => contenderTable(results, 'http', '50/50'),
  'http-0-500': (results) => contenderTable(results, 'http', '0/500'),
  'http-50-500': (results) => contenderTable(results, 'http', '50/500'),
  'profile-append-1': (results) => profileTable(results, 'append', 'all/1'),
  'profile-append-50': (results) => profileTable(results, 'append', 'events/50'),
  'profile-load': (results) => profileTable(results, 'read', 'load'),
  'profile-reservation': (results) => profileTable(results, 'reservation', '50'),
  'profile-http': (results) => profileTable(results, 'http', '0/50'),
  'profile-http-slow': (results) => profileTable(results, 'http', '50/50'),
  memory: (results) => memoryTable(results, 'http', '0/50'),
  mixed: (results) => casesTable(results, 'mixed'),
  overload: (results) => casesTable(results, 'overload'),
  readers: (results) => contenderCases(results, 'readers'),
  start: (results) => contenderTable(results, 'start', 'start'),
  growth: (results) => casesTable(results, 'growth'),
  'append-sqlite': (results) => oursByConcurrency(results, 'ours-sqlite'),
  'append-postgres': (results) => oursByConcurrency(results, 'ours-postgres'),
  'read-sqlite': (results) => casesOf(results, 'read', 'ours-sqlite', 'reading'),
  'read-postgres': (results) => casesOf(results, 'read', 'ours-postgres', 'reading'),
  processes: (results) =>
    casesOf(results, 'processes', 'ours-postgres', 'opening a reservation, 50 at a time from each process'),
  servers: serversTable,
  'http-sqlite-sentence': httpSentence,
};

/** The text of a block. @throws {Error} for a name that is not known. */
export function renderBlock(name: string, results: Results): string {
  const block = BLOCKS[name];
  if (block === undefined) throw new Error(`the block ${name} is not known: ${Object.keys(BLOCKS).join(', ')}`);
  return block(results);
}

function concurrencies(rows: string): Readonly<Record<string, string>> {
  return Object.fromEntries(CONCURRENCIES.map((concurrency) => [`${rows}/${concurrency}`, `${concurrency} at a time`]));
}

/** A row for each case of a contender. */
function casesOf(results: Results, suite: string, contender: ContenderId, head: string): string {
  const rows = Object.entries(SUITES[suite]?.cases ?? {}).map(([name, label]) => ({
    label,
    cell: { contender, case: name },
  }));
  return columnsTable(samplesOf(results, suite), rows, head, SPEED);
}

/** A table of everything that was measured, for each store, of a suite that only this project takes part in. */
function contenderCases(results: Results, suite: string): string {
  const rows = [
    ['ours-sqlite', 'SQLite'],
    ['ours-postgres', 'PostgreSQL'],
  ] as const;
  return columnsTable(
    samplesOf(results, suite),
    rows.flatMap(([contender, store]) =>
      Object.entries(SUITES[suite]?.cases ?? {}).map(([name, label]) => ({
        label: `${store}, ${label}`,
        cell: { contender, case: name },
      })),
    ),
    '',
    COLUMNS,
  );
}

function oursByConcurrency(results: Results, contender: ContenderId): string {
  const rows = Object.entries(concurrencies('all')).map(([name, label]) => ({
    label,
    cell: { contender, case: name },
  }));
  return columnsTable(
    samplesOf(results, 'append'),
    rows,
    'opening a reservation in the store, from one process',
    SPEED,
  );
}

/** Every case of a suite that only this project takes part in. */
function casesTable(results: Results, suite: string): string {
  const samples = samplesOf(results, suite);
  const [first] = samples;
  if (first === undefined) return NOT_MEASURED;
  const names = Object.entries(SUITES[suite]?.cases ?? {}).filter(([name]) =>
    samples.some((sample) => sample.case === name),
  );
  const cell = (contender: ContenderId, name: string): readonly string[] => {
    const [rate, half, most] = (['perSecond', 'p50Ms', 'p99Ms'] as const).map((figure) =>
      figureOf(samples, { contender, case: name }, figure),
    );
    return [
      rate === null || rate === undefined ? '' : count(rate.median),
      half === null || half === undefined ? '' : milliseconds(half.median),
      most === null || most === undefined ? '' : milliseconds(most.median),
    ];
  };
  return table(
    ['', 'SQLite: per s', 'p50 ms', 'p99 ms', 'PostgreSQL: per s', 'p50 ms', 'p99 ms'],
    names.map(([name, label]) => [label, ...cell('ours-sqlite', name), ...cell('ours-postgres', name)]),
  );
}

function followTable(results: Results): string {
  const cases = Object.entries(SUITES['follow']?.cases ?? {});
  const stores = [
    ['ours-sqlite', 'SQLite'],
    ['ours-postgres', 'PostgreSQL'],
  ] as const;
  const rows = stores.flatMap(([contender, store]) =>
    cases.flatMap(([name, label]) => {
      const cells = ['follow', 'lone'].flatMap((suite) =>
        (['p50Ms', 'p99Ms'] as const).map((figure) => {
          const found = figureOf(samplesOf(results, suite), { contender, case: name }, figure);
          return found === null ? '' : milliseconds(found.median);
        }),
      );
      return cells.every((text) => text === '') ? [] : [[`${store}, ${label}`, ...cells]];
    }),
  );
  if (rows.length === 0) return NOT_MEASURED;
  return table(['reader', '500 appends/s: p50 ms', 'p99 ms', 'lone appends: p50 ms', 'p99 ms'], rows);
}

function serversTable(results: Results): string {
  const samples = samplesOf(results, 'servers');
  const cell = (name: string): string => {
    const at = { contender: 'ours-postgres', case: name } as const;
    const [rate, p99] = [figureOf(samples, at, 'perSecond'), figureOf(samples, at, 'p99Ms')];
    return rate === null || p99 === null ? '' : `${count(rate.median)}, ${milliseconds(p99.median)} ms`;
  };
  const rows = [1, 2, 3].map((servers) => [
    servers === 1 ? '1 server' : `${servers} servers`,
    cell(`0/${servers}`),
    cell(`50/${servers}`),
  ]);
  if (rows.every(([, ...cells]) => cells.every((text) => text === ''))) return NOT_MEASURED;
  return table(
    [
      '`POST /reservations`, 50 connections in all',
      'payment takes 0 ms: per s, p99',
      'payment takes 50 ms: per s, p99',
    ],
    rows,
  );
}

function httpSentence(results: Results): string {
  const samples = samplesOf(results, 'http');
  const at = (name: string, figure: 'perSecond' | 'p99Ms'): number | undefined =>
    figureOf(samples, { contender: 'ours-sqlite', case: name }, figure)?.median;
  const [rate, p99, slow] = [at('0/50', 'perSecond'), at('0/50', 'p99Ms'), at('50/50', 'perSecond')];
  if (rate === undefined || p99 === undefined || slow === undefined) return NOT_MEASURED;
  return `Over HTTP, with the payment service and the load on the same cores, one server made ${count(rate)} complete reservations per second (two commits and a charge each), p99 ${milliseconds(p99)} ms, with 50 connections and a payment without delay; with a payment that takes 50 ms it made ${count(slow)}, because 50 connections cannot send more.`;
}

/** The ratios that tell most, as one sentence; none of a quick run, which is not to be quoted. */
function headline(results: Results): string {
  if (results.circumstances.options.quick) return QUICK_HEADLINE;
  const appends = samplesOf(results, 'append');
  const reservations = samplesOf(results, 'reservation');
  const ratios = [
    ['durable appends of Emmett on SQLite', ratio(appends, 'ours-sqlite', 'emmett-sqlite', 'events/50')],
    ['durable appends of Emmett on PostgreSQL', ratio(appends, 'ours-postgres', 'emmett-postgres', 'events/50')],
    ['reservations of DBOS Transact on PostgreSQL', ratio(reservations, 'ours-postgres', 'dbos-three-steps', '50')],
    ['reservations of Restate', ratio(reservations, 'ours-postgres', 'restate', '50')],
  ] as const;
  const texts = ratios.flatMap(([what, value]) => (value === null ? [] : [`${factor(value)} times the ${what}`]));
  const rate = figureOf(samplesOf(results, 'http'), { contender: 'ours-sqlite', case: '0/50' }, 'perSecond');
  const overHttp = rate === null ? '' : `, and ${count(rate.median)} complete reservations per second over HTTP`;
  if (texts.length === 0) return NOT_MEASURED;
  const { cores } = results.circumstances.machine;
  return `Measured beside its peers on ${cores} cores with equally durable commits, 50 at a time: ${texts.join(', ')}${overHttp} ([docs/performance.md](docs/performance.md)).`;
}

function ratio(
  samples: ReturnType<typeof samplesOf>,
  ours: ContenderId,
  other: ContenderId,
  name: string,
): number | null {
  return ratioOf(samples, { contender: ours, case: name }, { contender: other, case: name }, 'perSecond');
}
