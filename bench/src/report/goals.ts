import type { ContenderId } from '../contenders/registry.ts';
import { factor, milliseconds, table } from './format.ts';
import type { FigureName, Results } from './results.ts';
import { figureOf, ratioOf } from './statistics.ts';
import { samplesOf } from './tables.ts';

/** What this project wants to reach. */
export interface Goal {
  readonly what: string;
  readonly target: string;
  /** What stands in the way when it is missed. */
  readonly obstacle: string;
  /** What the run reached; null when it was not measured. */
  reached(results: Results): { readonly text: string; readonly isMet: boolean } | null;
}

/** A figure of a case; the higher the better for a rate, the lower the better for anything else. */
interface Point {
  readonly suite: string;
  readonly contender: ContenderId;
  readonly case: string;
  readonly figure?: FigureName;
}

/** Another case or contender of the same suite. */
type Other = Partial<Pick<Point, 'contender' | 'case'>>;

/** A wanted ratio of a point to another one: at least, for a rate; at most, for anything else. */
function times(what: string, point: Point, other: Other, wanted: number, obstacle: string): Goal {
  const { suite, contender, case: name, figure = 'perSecond' } = point;
  const isRate = figure === 'perSecond';
  return {
    what,
    target: `${isRate ? '≥' : '≤'} ${wanted} ×`,
    obstacle,
    reached(results) {
      const divisor = { contender: other.contender ?? contender, case: other.case ?? name };
      const ratio = ratioOf(samplesOf(results, suite), { contender, case: name }, divisor, figure);
      if (ratio === null) return null;
      return { text: `${factor(ratio)} ×`, isMet: isRate ? ratio >= wanted : ratio <= wanted };
    },
  };
}

function atMost(what: string, point: Required<Point>, limit: number, unit: string, obstacle: string): Goal {
  const { suite, contender, case: name, figure } = point;
  return {
    what,
    target: `≤ ${limit.toLocaleString('en')} ${unit}`,
    obstacle,
    reached(results) {
      const found = figureOf(samplesOf(results, suite), { contender, case: name }, figure);
      if (found === null) return null;
      return { text: `${milliseconds(found.median)} ${unit}`, isMet: found.median <= limit };
    },
  };
}

const SIZES = ['10M', '1M', '100k'];

/** Latency of an append at the largest size that was measured, to that at the smallest. */
function flat(what: string, contender: ContenderId, wanted: number, obstacle: string): Goal {
  return {
    what,
    target: `≤ ${wanted} ×`,
    obstacle,
    reached(results) {
      for (const size of SIZES) {
        const point = { suite: 'growth', contender, case: `${size}/append`, figure: 'p50Ms' } as const;
        const found = times(what, point, { case: '10k/append' }, wanted, obstacle).reached(results);
        if (found !== null) return { ...found, text: `${found.text} at ${size}` };
      }
      return null;
    },
  };
}

const ENGINE =
  'each append of a group gets an answer of its own (conflict, repeated command, taken key, lost lease), and on SQLite the group travels to a thread and back; by hand, a group succeeds or fails as a whole, in one thread';
const ALONE =
  'a lone append pays for a promise, encoding and a turn of the event loop, on SQLite also for messages to a thread and back; by hand it is one synchronous call or one statement';
const PEER = 'the absolute rate of the peer moves with the disk: the faster an fsync, the less a group saves';
const ONE_LOG = 'the commits of one database have one order, and the processes share the cores with the database';
const CALL = 'the gRPC call takes more CPU time than both appends, and all of it runs in one process';
const REQUEST =
  'a request is parsed, checked, logged, counted, recorded twice and answered in the process of the call, and the server shares two cores with load, payment service and database';
const CHECKED = 'every event that is read is checked against its checksum and for gaps; by hand it is only decoded';
const LOADED =
  'every event that is read is checked against its checksum and for gaps; on PostgreSQL the statement is planned in each call, because a pooler may be in between, and has a subquery for each stream, so that no statistics change its plan; by hand it is prepared once';
const SHARED = 'writer, reader and database share the cores';
const REFUSING = 'a refused request is read and answered too, and the load generator takes its part of the same cores';
const DEEP = 'caches are cold after the store was filled, and checkpoints or autovacuum go on from that';
const LOOP = 'what arrives together is worked on in one turn of the event loop, on a core that is shared';
const START =
  'modules are loaded and compiled; the database is opened and checked before the server says that it is ready';
const HEAP =
  'V8 lets its heap grow before it collects, and what grpc-js and node:http2 had of each call stays until then; the peak counts buffers of connections, too';

/** Goals of both stores alike. */
function ofStore(title: string, ours: ContenderId, raw: ContenderId, single: ContenderId): readonly Goal[] {
  const append = (name: string): Point => ({ suite: 'append', contender: ours, case: name });
  const read = (name: string): Point => ({ suite: 'read', contender: ours, case: name });
  return [
    times(
      `${title}: append at 50, the event alone, to group commit by hand`,
      append('events/50'),
      { contender: raw },
      0.7,
      ENGINE,
    ),
    times(
      `${title}: append at 50, all rows, to group commit by hand`,
      append('all/50'),
      { contender: raw },
      0.7,
      ENGINE,
    ),
    times(
      `${title}: append at 1, all rows, to a single commit by hand`,
      append('all/1'),
      { contender: single },
      0.8,
      ALONE,
    ),
    times(`${title}: load a stream, to the same by hand`, read('load'), { contender: raw }, 0.8, LOADED),
    times(`${title}: read the log, to the same by hand`, read('log'), { contender: raw }, 0.6, CHECKED),
    atMost(
      `${title}: commit to delivery, p99`,
      { suite: 'follow', contender: ours, case: 'same-store', figure: 'p99Ms' },
      5,
      'ms',
      SHARED,
    ),
    times(
      `${title}: 4 × the best rate offered, to that rate`,
      { suite: 'overload', contender: ours, case: 'x4' },
      { case: 'best' },
      0.9,
      REFUSING,
    ),
    flat(`${title}: append p50 on a grown store, to 10k events`, ours, 1.3, DEEP),
  ];
}

const [SQLITE, POSTGRES] = ['ours-sqlite', 'ours-postgres'] as const;

const PROCESSES = { suite: 'processes', contender: POSTGRES } as const;
const RESERVATION = { suite: 'reservation', contender: POSTGRES, case: '50' } as const;
const HTTP = { suite: 'http', contender: SQLITE, case: '0/50' } as const;
const START_SQLITE = { suite: 'start', contender: SQLITE, case: 'start' } as const;

/** Every goal, in the order of the page. */
export const GOALS: readonly Goal[] = [
  times(
    'SQLite: append at 50, to Emmett',
    { suite: 'append', contender: SQLITE, case: 'events/50' },
    { contender: 'emmett-sqlite' },
    35,
    PEER,
  ),
  ...ofStore('SQLite', SQLITE, 'raw-sqlite', 'raw-sqlite-single'),
  times(
    'PostgreSQL: append at 50, to Emmett',
    { suite: 'append', contender: POSTGRES, case: 'events/50' },
    { contender: 'emmett-postgres' },
    9,
    PEER,
  ),
  ...ofStore('PostgreSQL', POSTGRES, 'raw-postgres', 'raw-postgres-single'),
  times('PostgreSQL: 2 processes, to one', { ...PROCESSES, case: '2' }, { case: '1' }, 1, ONE_LOG),
  times('PostgreSQL: 4 processes, to one', { ...PROCESSES, case: '4' }, { case: '1' }, 1, ONE_LOG),
  times(
    'PostgreSQL: reservations at 50, to DBOS with three steps',
    RESERVATION,
    { contender: 'dbos-three-steps' },
    15,
    CALL,
  ),
  times('PostgreSQL: reservations at 50, to Restate', RESERVATION, { contender: 'restate' }, 8, CALL),
  times(
    'SQLite: reservations at 50, to the gRPC call alone',
    { ...RESERVATION, contender: SQLITE },
    { contender: 'bare-grpc' },
    0.7,
    CALL,
  ),
  times('HTTP, payment 0 ms: to Koa and the call', HTTP, { contender: 'bare-koa' }, 0.85, REQUEST),
  times(
    'HTTP, payment 0 ms: p99 to Koa and the call',
    { ...HTTP, figure: 'p99Ms' },
    { contender: 'bare-koa' },
    1.3,
    REQUEST,
  ),
  times('HTTP, payment 0 ms: to the service before this one', HTTP, { contender: 'fastapi-old' }, 6, REQUEST),
  times('HTTP, payment 0 ms: to FastAPI written well', HTTP, { contender: 'fastapi-well' }, 2.2, REQUEST),
  times(
    'HTTP, payment 50 ms: to Koa and the call',
    { ...HTTP, case: '50/50' },
    { contender: 'bare-koa' },
    0.95,
    REQUEST,
  ),
  atMost('HTTP, payment 0 ms: delay of the event loop, p99', { ...HTTP, figure: 'loopDelayMs' }, 20, 'ms', LOOP),
  atMost('start to ready', { ...START_SQLITE, figure: 'readyMs' }, 1_000, 'ms', START),
  atMost('memory, idle', { ...START_SQLITE, figure: 'idleMib' }, 120, 'MiB', START),
  atMost('memory, peak under HTTP', { ...HTTP, figure: 'rssMib' }, 250, 'MiB', HEAP),
];

/** All goals as a table. HTTP, start and memory are those of a server on SQLite. */
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

/** What stands in the way of the goals that were missed, each reason once. */
export function obstacles(results: Results): string {
  if (results.circumstances.options.quick) return 'A quick run tells nothing about goals.';
  const missed = GOALS.filter(({ reached }) => reached(results)?.isMet === false);
  if (missed.length === 0) return 'No goal that was measured was missed.';
  const goals = Map.groupBy(missed, ({ obstacle }) => obstacle);
  return [...goals]
    .map(([obstacle, goals]) => `- _${goals.map(({ what }) => what).join('; ')}_: ${obstacle}.`)
    .join('\n');
}
