import { ONLY_SHARD } from '../../sql/columns.ts';
import type { Run } from './connection.ts';

/** An event identified by its place in the log. */
export interface LogEnd {
  readonly position: number;
  readonly id: string;
}

/** Most ends remembered between two checks; beyond it, every second one is dropped. */
export const REMEMBERED_ENDS_MAX = 256;

/** The ends of the log that this store has seen: what it acknowledged and what it read. */
export interface LogMemory {
  /** Remembers an event, unless a later one is remembered already. */
  note(end: LogEnd): void;
  /** Events to look up in the log, the latest last. */
  remembered(): readonly LogEnd[];
  /** Records that all of these were found: only the latest is kept. */
  found(ends: readonly LogEnd[]): void;
  /** Forgets all of these and continues from the current end. */
  lost(ends: readonly LogEnd[], now: LogEnd | null): void;
}

/**
 * Starts empty. Keeps more than the latest end between two checks: a log that lost its end and grew beyond it since then
 * has the latest position again, but not the earlier ids.
 */
export function createLogMemory(): LogMemory {
  // Written in place: this is part of every append.
  let ends: LogEnd[] = [];
  return {
    note({ position, id }) {
      if (position <= (ends.at(-1)?.position ?? 0)) return;
      if (ends.length >= REMEMBERED_ENDS_MAX) ends = ends.filter((_, index) => index % 2 === 1);
      ends.push({ position, id });
    },
    remembered: () => ends.slice(),
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

/** Result of a check of the log. */
export interface LogLook {
  /** A standby may lag behind: what it lacks is not lost. */
  readonly recovering: boolean;
  /** The latest of the looked-up events that is missing or replaced by another one. */
  readonly missing: LogEnd | null;
  /** Current end of the log; null when it is empty. */
  readonly end: LogEnd | null;
}

/** Looks up events in one statement, and so in one state of the log. */
export async function lookForEnds(run: Run, ends: readonly LogEnd[]): Promise<LogLook> {
  const columns = [ends.map(({ position }) => position), ends.map(({ id }) => id)];
  const { rows } = await run<LogLook>({ text: LOOK, values: [ONLY_SHARD, ...columns] });
  const [look] = rows;
  if (look === undefined) throw new Error('assertion failed: a look at the log is one row');
  return look;
}

/** Each event is looked up by position in its own subquery, independent of statistics. */
const LOOK = `select pg_is_in_recovery() as recovering,
  (
    select json_build_object('position', k.position, 'id', k.id)
    from unnest($2::bigint[], $3::text[]) as k(position, id)
    left join lateral (
      select e.id from events e where e.shard = $1 and e.position > 0 and e.position = k.position limit 1
    ) e on true
    where e.id is distinct from k.id
    order by k.position desc limit 1
  ) as missing,
  (
    select json_build_object('position', e.position, 'id', e.id)
    from events e where e.shard = $1 and e.position > 0 order by e.position desc limit 1
  ) as "end"`;
