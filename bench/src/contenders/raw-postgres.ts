import pg from 'pg';
import type { Contender, Reading } from './contender.ts';
import { fillStatements, groupParameters, insertGroup } from './raw-postgres-statements.ts';
import { type OpeningRows, openingRows } from './raw-rows.ts';
import { POSTGRES_TABLES } from './raw-tables.ts';

const GROUP_MAX = 256;
const POOL = 10;
const PAGE = 1_000;

/** pg by hand: one writer, and what waits while a statement is under way goes with the next one. */
export const contender: Contender = {
  async append({ db }, rows) {
    const client = new pg.Client({ connectionString: db });
    await client.connect();
    await createTables(client);
    const statement = { name: 'append', text: insertGroup(rows) };
    let waiting: {
      readonly values: OpeningRows;
      readonly done: () => void;
      readonly fail: (error: unknown) => void;
    }[] = [];
    let isWriting = false;
    async function write(): Promise<void> {
      isWriting = true;
      while (waiting.length > 0) {
        const group = waiting.splice(0, GROUP_MAX);
        try {
          await client.query({ ...statement, values: [...groupParameters(group.map(({ values }) => values))] });
          for (const { done } of group) done();
        } catch (error) {
          for (const { fail } of group) fail(error);
        }
      }
      isWriting = false;
    }
    return {
      once: () =>
        new Promise<void>((done, fail) => {
          waiting.push({ values: openingRows(), done, fail });
          if (!isWriting) void write();
        }),
      close: () => client.end(),
    };
  },
  async read({ db }, streams) {
    const pool = new pg.Pool({ connectionString: db, max: POOL });
    await createTables(pool);
    const { ids, statements } = fillStatements(streams);
    for (const [text, values] of statements) await pool.query(text, [...values]);
    return readRaw(pool, ids);
  },
};

async function createTables(client: Pick<pg.Client, 'query'>): Promise<void> {
  const { rows } = await client.query<{ readonly found: boolean }>("select to_regclass('events') is not null as found");
  if (rows[0]?.found !== true) await client.query(POSTGRES_TABLES);
}

interface EventTexts {
  readonly stream: string;
  readonly data: string;
  readonly metadata: string;
}

/** Looks asked for in one turn of the event loop go in one statement. */
function together<Row, Found>(
  query: (ids: readonly string[]) => Promise<readonly Row[]>,
  pick: (rows: readonly Row[], id: string) => Found,
): (id: string) => Promise<Found> {
  let asked: {
    readonly id: string;
    readonly found: (value: Found) => void;
    readonly fail: (error: unknown) => void;
  }[] = [];
  async function look(): Promise<void> {
    const group = asked;
    asked = [];
    try {
      const rows = await query(group.map(({ id }) => id));
      for (const { id, found } of group) found(pick(rows, id));
    } catch (error) {
      for (const { fail } of group) fail(error);
    }
  }
  return (id) =>
    new Promise((found, fail) => {
      if (asked.length === 0) setImmediate(() => void look());
      asked.push({ id, found, fail });
    });
}

function readRaw(pool: pg.Pool, ids: readonly string[]): Reading {
  const anyId = (): string => ids[Math.floor(Math.random() * ids.length)] ?? '';
  const load = together(
    async (streams) => {
      const { rows } = await pool.query<EventTexts>({
        name: 'load',
        text: 'select * from events where shard = 0 and stream = any($1) order by stream, version',
        values: [streams],
      });
      return [...Map.groupBy(rows.map(decode), ({ stream }) => stream)];
    },
    (streams, id) => streams.find(([stream]) => stream === id)?.[1] ?? [],
  );
  const find = together(
    async (reservations) => {
      const { rows } = await pool.query<{ readonly reservation_id: string; readonly summary: string }>({
        name: 'find',
        text: 'select * from reservations where shard = 0 and reservation_id = any($1)',
        values: [reservations],
      });
      return rows;
    },
    (rows, id) => JSON.parse(rows.find((row) => row.reservation_id === id)?.summary ?? '') as unknown,
  );
  let after = 0;
  return {
    load: () => load(anyId()),
    find: () => find(anyId()),
    async page() {
      const { rows } = await pool.query<EventTexts>({
        name: 'page',
        text: 'select * from events where shard = 0 and position > $1 order by position limit $2',
        values: [after, PAGE],
      });
      const events = rows.map(decode);
      after = events.length < PAGE ? 0 : after + events.length;
      return events.length;
    },
    close: () => pool.end(),
  };
}

function decode({ data, metadata, ...rest }: EventTexts): { readonly stream: string } {
  const decoded = { data: JSON.parse(data) as unknown, metadata: JSON.parse(metadata) as unknown };
  return { ...rest, ...decoded };
}
