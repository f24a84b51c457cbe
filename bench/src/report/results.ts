import type { ContenderId } from '../contenders/registry.ts';

/** What is measured, by its unit. Not every suite measures everything. */
export interface Figures {
  /** Operations per second. */
  readonly perSecond?: number;
  readonly p50Ms?: number;
  readonly p99Ms?: number;
  /** CPU time of the contender's processes per operation; that of a database server is not in it. */
  readonly cpuMicros?: number;
  /** Peak memory of the contender's processes. */
  readonly rssMib?: number;
  /** Delay of the server's event loop, p99. */
  readonly loopDelayMs?: number;
  /** Answers per second that refuse for now (503). */
  readonly refusedPerSecond?: number;
  /** From the start of the process to the first ready answer. */
  readonly readyMs?: number;
  /** Memory of a server that is ready and has served nothing. */
  readonly idleMib?: number;
  /** Size of the database on disk for each reservation. */
  readonly bytesEach?: number;
}

/** Name of a figure. */
export type FigureName = keyof Figures;

/** One measurement. */
export interface Sample {
  readonly contender: ContenderId;
  /** Case of the suite, such as the concurrency. */
  readonly case: string;
  /** 1, 2, … */
  readonly round: number;
  readonly figures: Figures;
}

/** What CPU time is spent on. */
export type Area =
  | 'http'
  | 'server'
  | 'log'
  | 'engine'
  | 'store'
  | 'driver'
  | 'thread'
  | 'grpc'
  | 'node'
  | 'native'
  | 'garbage'
  | 'threads'
  | 'benchmark';

/** Where the time and the memory of a contender's process go in one case. */
export interface Profile {
  /** Shares of the CPU time of the process by area; together 1. */
  readonly shares: Partial<Readonly<Record<Area, number>>>;
  readonly memory: {
    /** Resident at the end of the case. */
    readonly residentMib: number;
    /** Of that, the heap of JavaScript. */
    readonly heapMib: number;
    /** What a full collection leaves of it. */
    readonly liveMib: number;
    /** What it frees. */
    readonly garbageMib: number;
    /** Buffers beside the heap. */
    readonly externalMib: number;
  };
}

/** A case that was measured once more with a profiler. */
export interface ProfiledSample {
  readonly suite: string;
  readonly contender: ContenderId;
  readonly case: string;
  /** CPU time of the process per operation, with the profiler. */
  readonly cpuMicros: number;
  readonly profile: Profile;
}

/** Where and with what a run was made. */
export interface Circumstances {
  readonly startedAt: string;
  readonly finishedAt: string | null;
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGib: number;
    readonly system: string;
    /** Appends of 4 KiB to a file per second, each followed by fdatasync. */
    readonly fdatasyncsPerSecond: number;
  };
  /** Versions of Node, SQLite, PostgreSQL and the peers. */
  readonly versions: Readonly<Record<string, string>>;
  /** Settings of PostgreSQL. */
  readonly postgres: Readonly<Record<string, string>>;
  readonly options: { readonly rounds: number; readonly seconds: number; readonly quick: boolean };
}

/** A contender that did not take part in a suite, or not in one of its rounds. */
export interface NotRun {
  readonly contender: ContenderId;
  readonly suite: string;
  /** The round in which it failed; null when it could not run at all. */
  readonly round: number | null;
  readonly reason: string;
}

/** A run: the only source of tables, plots and pages. */
export interface Results {
  readonly format: 1;
  readonly circumstances: Circumstances;
  readonly notRun: readonly NotRun[];
  /** Profiles of what goals compare, made after the last round. Default: none. */
  readonly profiles?: readonly ProfiledSample[];
  /** Samples by suite. */
  readonly suites: Readonly<Record<string, readonly Sample[]>>;
}

/** Writes a run as JSON, a line for each sample. */
export function formatResults(results: Results): string {
  const { suites, notRun, profiles = [], ...rest } = results;
  const lines = (values: readonly unknown[], indent: string): string =>
    values.length === 0
      ? '[]'
      : `[\n${values.map((value) => `${indent}  ${JSON.stringify(value)}`).join(',\n')}\n${indent}]`;
  const members = Object.entries(suites).map(
    ([id, samples]) => `    ${JSON.stringify(id)}: ${lines(samples.map(rounded), '    ')}`,
  );
  const head = JSON.stringify(rest, null, 2).slice(0, -2);
  return `${head},\n  "notRun": ${lines(notRun, '  ')},\n  "profiles": ${lines(profiles.map(roundedProfile), '  ')},\n  "suites": {\n${members.join(',\n')}\n  }\n}\n`;
}

/** Reads a run. @throws {Error} for another format. */
export function parseResults(text: string): Results {
  const results = JSON.parse(text) as Results;
  if ((results.format as number) !== 1) throw new Error(`results of format ${String(results.format)} cannot be read`);
  return results;
}

const DIGITS = 4;

function roundedProfile(sample: ProfiledSample): ProfiledSample {
  return JSON.parse(
    JSON.stringify(sample, (_, value: unknown) =>
      typeof value === 'number' ? Number(value.toPrecision(DIGITS)) : value,
    ),
  ) as ProfiledSample;
}

function rounded({ figures, ...sample }: Sample): Sample {
  const entries = Object.entries(figures).map(([name, value]) => [name, Number(value.toPrecision(DIGITS))]);
  return { ...sample, figures: Object.fromEntries(entries) };
}
