import { CONTENDERS, type ContenderId } from '../contenders/registry.ts';
import { SUITES } from '../suites/index.ts';
import { count, table } from './format.ts';
import type { Area, ProfiledSample, Results } from './results.ts';
import { NOT_MEASURED } from './tables.ts';

/** Cases that are profiled, by suite: those that goals compare with what is done by hand. */
export const PROFILED_CASES: Readonly<Record<string, readonly string[]>> = {
  append: ['events/50', 'all/1', 'all/50'],
  read: ['load'],
  reservation: ['50'],
  http: ['0/50', '50/50'],
};

/** Areas in the order of the way of a request, with what belongs to them. */
const AREAS: Readonly<Record<Area, string>> = {
  http: 'HTTP: `node:http`, Koa and its router',
  server: 'server: checks, idempotency, answers',
  log: 'server: log and metrics',
  engine: 'engine: commands, events, retries, settlement',
  store: 'store adapter: encoding, groups, answers of appends',
  driver: 'driver: better-sqlite3 or pg',
  thread: 'messages to the thread that commits',
  grpc: 'gRPC: grpc-js, protobufjs, `node:http2`',
  node: 'Node: promises, timers, sockets, streams',
  native: 'native code and system calls',
  garbage: 'garbage collection, main thread',
  threads: 'other threads: commits, garbage collection, compiler',
  benchmark: 'the benchmark itself and what is by hand',
};

/** CPU time per operation by area, in microseconds: a column for each contender of a case. */
export function profileTable(results: Results, suite: string, name: string): string {
  const columns = profilesOf(results, suite, name);
  if (columns.length === 0) return NOT_MEASURED;
  const micros = ({ cpuMicros, profile }: ProfiledSample, area: Area): number =>
    cpuMicros * (profile.shares[area] ?? 0);
  const rows = (Object.entries(AREAS) as [Area, string][])
    .filter(([area]) => columns.some((column) => micros(column, area) >= SHOWN_MIN))
    .map(([area, label]) => [label, ...columns.map((column) => shown(micros(column, area)))]);
  const sum = ['together', ...columns.map(({ cpuMicros }) => shown(cpuMicros))];
  return table(['CPU µs each', ...columns.map(({ contender }) => CONTENDERS[contender].title)], [...rows, sum]);
}

/** Where the memory of servers is at the end of a case, in MiB. */
export function memoryTable(results: Results, suite: string, name: string): string {
  const columns = profilesOf(results, suite, name);
  if (columns.length === 0) return NOT_MEASURED;
  const rows = MEMORY.map(([label, of]) => [label, ...columns.map(({ profile }) => count(of(profile.memory)))]);
  return table(['MiB', ...columns.map(({ contender }) => CONTENDERS[contender].title)], rows);
}

type Memory = ProfiledSample['profile']['memory'];

const MEMORY: readonly (readonly [string, (memory: Memory) => number])[] = [
  ['in use on the JavaScript heap', ({ liveMib }) => liveMib],
  ['garbage that was not collected yet', ({ garbageMib }) => garbageMib],
  [
    'heap that is reserved and empty',
    ({ heapMib, liveMib, garbageMib }) => Math.max(0, heapMib - liveMib - garbageMib),
  ],
  ['buffers beside the heap', ({ externalMib }) => externalMib],
  [
    'program, libraries, caches of the database, threads',
    ({ residentMib, heapMib, externalMib }) => Math.max(0, residentMib - heapMib - externalMib),
  ],
  ['together', ({ residentMib }) => residentMib],
];

const SHOWN_MIN = 0.05;

/** Microseconds, with a decimal below ten; '' for nothing. */
function shown(value: number): string {
  if (value < SHOWN_MIN) return '';
  return value < 10 ? value.toFixed(1) : count(value);
}

/** The profiles of a case, in the order of the contenders. */
function profilesOf({ profiles = [] }: Results, suite: string, name: string): readonly ProfiledSample[] {
  const contenders: readonly ContenderId[] = SUITES[suite]?.contenders ?? [];
  return contenders.flatMap((contender) =>
    profiles.filter((one) => one.suite === suite && one.case === name && one.contender === contender),
  );
}
