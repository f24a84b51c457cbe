import type { Contender, Reading } from './contender.ts';
import { openRawSqlite, type RawSqlite } from './raw-sqlite-database.ts';
import { type OpeningRows, openingRows } from './raw-rows.ts';

const GROUP_MAX = 256;
const PAGE = 1_000;

/** better-sqlite3 by hand: appends of one turn of the event loop share a transaction. */
export const contender: Contender = {
  append({ db }, rows) {
    const raw = openRawSqlite(db);
    let waiting: { readonly values: OpeningRows; readonly done: () => void }[] = [];
    function commit(): void {
      const group = waiting.splice(0, GROUP_MAX);
      raw.database.exec('begin immediate');
      for (const { values } of group) raw.insert(values, rows);
      raw.database.exec('commit');
      for (const { done } of group) done();
      if (waiting.length > 0) setImmediate(commit);
    }
    return Promise.resolve({
      once: () =>
        new Promise<void>((done) => {
          if (waiting.length === 0) setImmediate(commit);
          waiting.push({ values: openingRows(), done });
        }),
      close: () => close(raw),
    });
  },
  read({ db }, streams) {
    const raw = openRawSqlite(db);
    return Promise.resolve(readRaw(raw, fill(raw, streams)));
  },
};

function close({ database }: RawSqlite): Promise<void> {
  database.close();
  return Promise.resolve();
}

/** Two events and a row of the view for each stream; returns the ids. */
function fill(raw: RawSqlite, streams: number): readonly string[] {
  const second = raw.database.prepare(
    `insert into events select shard, stream, 2, position + ${streams}, id, command_id, 'RESERVATION_CONFIRMED', 1,
      data, metadata, checksum from events`,
  );
  const all = Array.from({ length: streams }, openingRows);
  raw.database.transaction(() => {
    for (const values of all) raw.insert(values, 'all');
    second.run();
  })();
  return all.map(({ id }) => id);
}

interface EventTexts {
  readonly position: number;
  readonly data: string;
  readonly metadata: string;
}

function readRaw(raw: RawSqlite, ids: readonly string[]): Reading {
  const anyId = (): string => ids[Math.floor(Math.random() * ids.length)] ?? '';
  const { database } = raw;
  const stream = database.prepare<[string], EventTexts>(
    'select * from events where shard = 0 and stream = ? order by version',
  );
  const row = database.prepare<[string], { readonly summary: string }>(
    'select * from reservations where shard = 0 and reservation_id = ?',
  );
  const page = database.prepare<[number, number], EventTexts>(
    'select * from events where shard = 0 and position > ? order by position limit ?',
  );
  let after = 0;
  return {
    load: () => Promise.resolve(stream.all(anyId()).map(decode)),
    find: () => Promise.resolve(JSON.parse(row.get(anyId())?.summary ?? '') as unknown),
    page() {
      const events = page.all(after, PAGE).map(decode);
      after = events.length < PAGE ? 0 : after + events.length;
      return Promise.resolve(events.length);
    },
    close: () => close(raw),
  };
}

function decode({ data, metadata, ...rest }: EventTexts): object {
  return { ...rest, data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as unknown };
}
