import { parseArgs } from 'node:util';
import { CONTENDER_IDS, type ContenderId } from './contenders/registry.ts';
import { SUITES } from './suites/index.ts';

/** How to run. */
export interface Options {
  readonly suites: readonly string[];
  readonly contenders: readonly ContenderId[];
  readonly rounds: number;
  readonly seconds: number;
  /** Time of the whole run: a round that would end later is not begun. */
  readonly minutes: number;
  readonly quick: boolean;
  /** Time in seconds that growing one store may take; null for the usual sizes. */
  readonly growthSeconds: number | null;
  /** Folder of the results, from the working directory. */
  readonly out: string;
}

const ROUNDS = 5;
const SECONDS = 0.75;
const MINUTES = 35;
const QUICK_ROUNDS = 1;
const QUICK_SECONDS = 0.4;

/** Where the results of a run of all suites belong, which the pages are written from. */
export const OUT_COMPLETE = 'bench/results';

/** Where other results go: git ignores it. */
export const OUT_PARTIAL = 'bench/results/partial';

/** Options with which a run is not one of everything. */
const PARTIAL = ['suites', 'contenders', 'growth-seconds'] as const;

/** The help text. */
export const USAGE = `Usage: pnpm bench [OPTIONS]

Measures this project, other projects and what could be done by hand, in interleaved rounds, and writes the results as
JSON, Markdown and SVG. Only what was measured in one run may be compared.

Options:
  --suites LIST        ${Object.keys(SUITES).join(', ')}
                       [default: ${suitesByDefault().join(', ')}]
  --contenders LIST    ${lines(CONTENDER_IDS)} [default: all]
  --rounds N           Rounds, each with fresh processes and databases [default: ${ROUNDS}]
  --seconds N          Length of one measurement [default: ${SECONDS}]
  --minutes N          Begin no further round that would end later [default: ${MINUTES}]
  --quick              ${QUICK_ROUNDS} round of ${QUICK_SECONDS} s a measurement on small stores: a try, no figures to quote
  --growth-seconds N   Let the suite growth fill a store for so long, up to ten million events
  --out DIR            [default: ${OUT_COMPLETE}; for a quick run or one of some suites or contenders
                       ${OUT_PARTIAL}]
  --help

BENCH_POSTGRES_URL names a PostgreSQL server to use instead of one that is started for the run. The peers are installed
from bench/peers/package-lock.json when they are needed and not there.
`;

/** Reads the arguments; 'help' when help is asked for. @throws {Error} that names the argument. */
export function readOptions(args: readonly string[]): Options | 'help' {
  const { values } = parseArgs({
    args: [...args],
    options: {
      suites: { type: 'string' },
      contenders: { type: 'string' },
      rounds: { type: 'string' },
      seconds: { type: 'string' },
      minutes: { type: 'string' },
      quick: { type: 'boolean', default: false },
      'growth-seconds': { type: 'string' },
      out: { type: 'string' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return 'help';
  const { quick } = values;
  const isPartial = quick || PARTIAL.some((name) => values[name] !== undefined);
  return {
    suites: listOf(values.suites, 'suites', suitesByDefault(), Object.keys(SUITES)),
    contenders: listOf(values.contenders, 'contenders', CONTENDER_IDS, CONTENDER_IDS),
    rounds: numberOf(values.rounds, 'rounds', quick ? QUICK_ROUNDS : ROUNDS),
    seconds: numberOf(values.seconds, 'seconds', quick ? QUICK_SECONDS : SECONDS),
    minutes: numberOf(values.minutes, 'minutes', MINUTES),
    quick,
    growthSeconds:
      values['growth-seconds'] === undefined ? null : numberOf(values['growth-seconds'], 'growth-seconds', 1),
    out: values.out ?? (isPartial ? OUT_PARTIAL : OUT_COMPLETE),
  };
}

function suitesByDefault(): readonly string[] {
  return Object.entries(SUITES).flatMap(([id, { byDefault }]) => (byDefault ? [id] : []));
}

function listOf<Id extends string>(
  text: string | undefined,
  name: string,
  otherwise: readonly Id[],
  known: readonly Id[],
): readonly Id[] {
  if (text === undefined) return otherwise;
  const asked = text.split(',').map((id) => id.trim());
  const unknown = asked.filter((id) => !known.some((one) => one === id));
  if (unknown.length > 0) throw new Error(`--${name}: ${unknown.join(', ')} not known; known: ${known.join(', ')}`);
  return known.filter((id) => asked.includes(id));
}

function numberOf(text: string | undefined, name: string, otherwise: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!(value > 0)) throw new Error(`--${name}: expected a number above 0, found ${String(text)}`);
  return value;
}

function lines(ids: readonly string[]): string {
  return ids.join(', ').replaceAll(/(.{60,80}?, )/g, '$1\n                       ');
}
