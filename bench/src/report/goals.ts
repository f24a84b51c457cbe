import type { ContenderId } from '../contenders/registry.ts';
import { factor, milliseconds, table } from './format.ts';
import type { FigureName, Results } from './results.ts';
import { figureOf, ratioOf } from './statistics.ts';
import { samplesOf } from './tables.ts';

/** What this project wants to reach. */
export interface Goal {
  readonly what: string;
  readonly target: string;
  /** What the run reached; null when it was not measured. */
  reached(results: Results): { readonly text: string; readonly isMet: boolean } | null;
}

type Point = readonly [suite: string, contender: ContenderId, name: string];

function atLeast(
  what: string,
  [suite, contender, name]: Point,
  other: readonly [ContenderId, string?],
  times: number,
): Goal {
  const [divisor, itsName = name] = other;
  return {
    what,
    target: `≥ ${times} ×`,
    reached(results) {
      const cell = { contender, case: name };
      const ratio = ratioOf(samplesOf(results, suite), cell, { contender: divisor, case: itsName }, 'perSecond');
      return ratio === null ? null : { text: `${factor(ratio)} ×`, isMet: ratio >= times };
    },
  };
}

function atMostTimes(
  what: string,
  figure: FigureName,
  [suite, contender, name]: Point,
  other: readonly [ContenderId, string?],
  times: number,
): Goal {
  const [divisor, itsName = name] = other;
  return {
    what,
    target: `≤ ${times} ×`,
    reached(results) {
      const cell = { contender, case: name };
      const ratio = ratioOf(samplesOf(results, suite), cell, { contender: divisor, case: itsName }, figure);
      return ratio === null ? null : { text: `${factor(ratio)} ×`, isMet: ratio <= times };
    },
  };
}

function atMost(what: string, figure: FigureName, [suite, contender, name]: Point, limit: number, unit: string): Goal {
  return {
    what,
    target: `≤ ${limit.toLocaleString('en')} ${unit}`,
    reached(results) {
      const found = figureOf(samplesOf(results, suite), { contender, case: name }, figure);
      return found === null ? null : { text: `${milliseconds(found.median)} ${unit}`, isMet: found.median <= limit };
    },
  };
}

const SIZES = ['10M', '1M', '100k'];

/** Append at the largest size that was measured. */
function flatGrowth(what: string, contender: ContenderId, times: number): Goal {
  return {
    what,
    target: `≤ ${times} ×`,
    reached(results) {
      const samples = samplesOf(results, 'growth');
      for (const size of SIZES) {
        const cell = { contender, case: `${size}/append` };
        const ratio = ratioOf(samples, cell, { contender, case: '10k/append' }, 'p50Ms');
        if (ratio !== null) return { text: `${factor(ratio)} × at ${size}`, isMet: ratio <= times };
      }
      return null;
    },
  };
}

const [SQLITE, POSTGRES] = ['ours-sqlite', 'ours-postgres'] as const;

/** Every goal, in the order of the page. */
export const GOALS: readonly Goal[] = [
  atLeast('append at 50, SQLite, to Emmett', ['append', SQLITE, 'events/50'], ['emmett-sqlite'], 35),
  atLeast(
    'append at 50, SQLite, the event alone, to the same rows by hand',
    ['append', SQLITE, 'events/50'],
    ['raw-sqlite'],
    0.7,
  ),
  atLeast(
    'append at 50, SQLite, all rows, to the same rows by hand',
    ['append', SQLITE, 'all/50'],
    ['raw-sqlite'],
    0.7,
  ),
  atLeast('append at 50, PostgreSQL, to Emmett', ['append', POSTGRES, 'events/50'], ['emmett-postgres'], 9),
  atLeast(
    'append at 50, PostgreSQL, the event alone, to the same rows by hand',
    ['append', POSTGRES, 'events/50'],
    ['raw-postgres'],
    0.7,
  ),
  atLeast(
    'append at 50, PostgreSQL, all rows, to the same rows by hand',
    ['append', POSTGRES, 'all/50'],
    ['raw-postgres'],
    0.7,
  ),
  atLeast(
    'append at 1, SQLite, all rows, to a single commit by hand',
    ['append', SQLITE, 'all/1'],
    ['raw-sqlite-single'],
    0.8,
  ),
  atLeast(
    'append at 1, PostgreSQL, all rows, to a single commit by hand',
    ['append', POSTGRES, 'all/1'],
    ['raw-postgres-single'],
    0.8,
  ),
  atLeast('2 processes on one PostgreSQL, to one', ['processes', POSTGRES, '2'], [POSTGRES, '1'], 1),
  atLeast('4 processes on one PostgreSQL, to one', ['processes', POSTGRES, '4'], [POSTGRES, '1'], 1),
  atLeast(
    'one reservation at 50, PostgreSQL, to DBOS with three steps',
    ['reservation', POSTGRES, '50'],
    ['dbos-three-steps'],
    15,
  ),
  atLeast('one reservation at 50, PostgreSQL, to Restate', ['reservation', POSTGRES, '50'], ['restate'], 8),
  atLeast('one reservation at 50, SQLite, to the gRPC call alone', ['reservation', SQLITE, '50'], ['bare-grpc'], 0.7),
  atLeast('HTTP, payment 0 ms, SQLite, to Koa and the call', ['http', SQLITE, '0/50'], ['bare-koa'], 0.85),
  atMostTimes('the same, p99', 'p99Ms', ['http', SQLITE, '0/50'], ['bare-koa'], 1.3),
  atLeast('the same, to the service before this one', ['http', SQLITE, '0/50'], ['fastapi-old'], 6),
  atLeast('the same, to FastAPI written well', ['http', SQLITE, '0/50'], ['fastapi-well'], 2.2),
  atLeast('HTTP, payment 50 ms, SQLite, to Koa and the call', ['http', SQLITE, '50/50'], ['bare-koa'], 0.95),
  atLeast('load a stream, SQLite, to by hand', ['read', SQLITE, 'load'], ['raw-sqlite'], 0.8),
  atLeast('load a stream, PostgreSQL, to by hand', ['read', POSTGRES, 'load'], ['raw-postgres'], 0.8),
  atLeast('read the log, SQLite, to by hand', ['read', SQLITE, 'log'], ['raw-sqlite'], 0.6),
  atLeast('read the log, PostgreSQL, to by hand', ['read', POSTGRES, 'log'], ['raw-postgres'], 0.6),
  atMost('follow, commit to delivery, SQLite, p99', 'p99Ms', ['follow', SQLITE, 'same-store'], 5, 'ms'),
  atMost('follow, commit to delivery, PostgreSQL, p99', 'p99Ms', ['follow', POSTGRES, 'same-store'], 5, 'ms'),
  atLeast('overload, 4 × offered, SQLite, to the best rate', ['overload', SQLITE, '4'], [SQLITE, 'best'], 0.9),
  atLeast('overload, 4 × offered, PostgreSQL, to the best rate', ['overload', POSTGRES, '4'], [POSTGRES, 'best'], 0.9),
  flatGrowth('append p50 on a grown SQLite file, to 10k events', SQLITE, 1.3),
  flatGrowth('append p50 on a grown PostgreSQL, to 10k events', POSTGRES, 1.3),
  atMost('delay of the event loop under HTTP, SQLite, p99', 'loopDelayMs', ['http', SQLITE, '0/50'], 20, 'ms'),
  atMost('start to ready, SQLite', 'readyMs', ['start', SQLITE, 'start'], 1_000, 'ms'),
  atMost('memory, idle, SQLite', 'idleMib', ['start', SQLITE, 'start'], 120, 'MiB'),
  atMost('memory, peak under HTTP, SQLite', 'rssMib', ['http', SQLITE, '0/50'], 250, 'MiB'),
];

/** All goals as a table. */
export function goalsTable(results: Results): string {
  return table(
    ['goal', 'wanted', 'last run', ''],
    GOALS.map(({ what, target, reached }) => {
      const found = reached(results);
      return found === null
        ? [what, target, 'not measured', '']
        : [what, target, found.text, found.isMet ? 'met' : 'missed'];
    }),
  );
}
