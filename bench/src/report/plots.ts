import { CONTENDERS, type ContenderId } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import type { FigureName, Results } from './results.ts';
import { figureOf } from './statistics.ts';
import { type Bar, drawChart } from './svg.ts';
import { samplesOf } from './tables.ts';

/** What a plot shows: a case of a suite, of the contenders on one store or of all. */
interface Plot {
  readonly title: string;
  readonly suite: string;
  readonly case: string;
  readonly store?: 'sqlite' | 'postgres';
  readonly figure?: FigureName;
  readonly unit: string;
}

const PLOTS: Readonly<Record<string, Plot>> = {
  'append-sqlite': {
    title: 'Durable appends on SQLite, 50 at a time',
    suite: 'append',
    case: 'events/50',
    store: 'sqlite',
    unit: 'events per second; more is better',
  },
  'append-postgres': {
    title: 'Durable appends on PostgreSQL, 50 at a time',
    suite: 'append',
    case: 'events/50',
    store: 'postgres',
    unit: 'events per second; more is better',
  },
  load: {
    title: 'Loading a stream of two events, 50 at a time',
    suite: 'read',
    case: 'load',
    unit: 'streams per second; more is better',
  },
  log: {
    title: 'Reading the whole log',
    suite: 'read',
    case: 'log',
    unit: 'events per second; more is better',
  },
  reservation: {
    title: 'One reservation with its charge over gRPC, 50 at a time',
    suite: 'reservation',
    case: '50',
    unit: 'reservations per second; more is better',
  },
  http: {
    title: 'POST /reservations, 50 connections, payment without delay',
    suite: 'http',
    case: '0/50',
    unit: 'answers per second; more is better',
  },
  'http-p99': {
    title: 'POST /reservations, 50 connections, payment without delay: latency',
    suite: 'http',
    case: '0/50',
    figure: 'p99Ms',
    unit: 'p99 in milliseconds; less is better',
  },
};

/** Draws every plot whose suite was run; the texts by file name. */
export function drawPlots(results: Results): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(PLOTS).flatMap(([name, plot]) => {
      const bars = barsOf(results, plot);
      return bars.length === 0 ? [] : [[`${name}.svg`, drawChart({ title: plot.title, unit: plot.unit, bars })]];
    }),
  );
}

function barsOf(results: Results, { suite, case: name, store, figure = 'perSecond' }: Plot): readonly Bar[] {
  const contenders = SUITES[suite]?.contenders ?? [];
  return contenders.flatMap((contender: ContenderId) => {
    const { title, kind, store: its } = CONTENDERS[contender];
    const found = figureOf(samplesOf(results, suite), { contender, case: name }, figure);
    if (found === null || (store !== undefined && store !== its)) return [];
    return [{ label: title, value: found.median, min: found.min, max: found.max, kind }];
  });
}
