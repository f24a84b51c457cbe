import { ONLY_SHARD } from '../../sql/tables.ts';
import type { Run } from './connection.ts';

/** An event of the log by its place. */
export interface LogEnd {
  readonly position: number;
  readonly id: string;
}

/** The most ends that are remembered between two looks; when there are more, every second one is forgotten. */
export const REMEMBERED_ENDS_MAX = 256;

/** Where the log ended, as far as this store has seen it: what it acknowledged and what it read. */
export interface LogMemory {
  /** Remembers an event unless one further on is remembered already. */
  note(end: LogEnd): void;
  /** What is to be looked for in the log, the furthest last. */
  remembered(): readonly LogEnd[];
  /** All of these were found: the furthest of them stands for the others. */
  found(ends: readonly LogEnd[]): void;
  /** Forgets all of these, and goes on from what the log has now. */
  lost(ends: readonly LogEnd[], now: LogEnd | null): void;
}

/**
 * Remembers nothing at first. Between two looks it keeps more than the last end: a log that lost its end and grew
 * beyond it meanwhile has the last one, and not those before.
 */
export function createLogMemory(): LogMemory {
  let ends: readonly LogEnd[] = [];
  return {
    note({ position, id }) {
      if (position <= (ends.at(-1)?.position ?? 0)) return;
      if (ends.length >= REMEMBERED_ENDS_MAX) ends = ends.filter((_, index) => index % 2 === 1);
      ends = [...ends, { position, id }];
    },
    remembered: () => ends,
    found(looked) {
      const before = new Set(looked.slice(0, -1));
      ends = ends.filter((end) => !before.has(end));
    },
    lost(looked, now) {
      const before = new Set(looked);
      const later = ends.filter((end) => !before.has(end) && end.position > (now?.position ?? 0));
      ends = now === null ? later : [now, ...later];
    },
  };
}

/** What a look at the log found. */
export interface LogLook {
  /** A standby may lag behind: what it lacks is not lost. */
  readonly recovering: boolean;
  /** Of the events that were looked for, the furthest that the log has not, or has another one in the place of. */
  readonly missing: LogEnd | null;
  /** Where the log ends now; null when it is empty. */
  readonly end: LogEnd | null;
}

/** Looks for events in the log, in one statement and so in one state of it. */
export async function lookForEnds(run: Run, ends: readonly LogEnd[]): Promise<LogLook> {
  const columns = [ends.map(({ position }) => position), ends.map(({ id }) => id)];
  const { rows } = await run<LogLook>({ text: LOOK, values: [ONLY_SHARD, ...columns] });
  const [look] = rows;
  if (look === undefined) throw new Error('assertion failed: a look at the log is one row');
  return look;
}

/** Each event is looked up by its position in a subquery of its own, whatever the statistics say. */
const LOOK = `select pg_is_in_recovery() as recovering,
  (
    select json_build_object('position', k.position, 'id', k.id)
    from unnest($2::bigint[], $3::text[]) as k(position, id)
    left join lateral (
      select e.id from events e where e.shard = $1 and e.position = k.position limit 1
    ) e on true
    where e.id is distinct from k.id
    order by k.position desc limit 1
  ) as missing,
  (
    select json_build_object('position', e.position, 'id', e.id)
    from events e where e.shard = $1 order by e.position desc limit 1
  ) as "end"`;
