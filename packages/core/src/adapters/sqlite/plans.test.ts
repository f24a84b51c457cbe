import Database from 'better-sqlite3';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { openSqliteStore } from './index.ts';
import { createTestDirectories } from './test-support.ts';
import { compileWriteQueries } from './writes/queries.ts';

/** The statements that read or write all of a shard whatever the plan: their plans do not matter. */
const OF_A_WHOLE_SHARD = [
  // The queue as operators see it.
  /order by "opened_at"/,
  /^select count\(\*\) as "open"/,
  // At the start of a server.
  /^update "due_work" set "owner" = \+\?, "due_at" = \+\? where "owner" is not null$/,
  /^select \* from "subscriptions" where "shard" = \+\? order by "name"/,
];

const directories = createTestDirectories();
let database: Database.Database;
let statements: readonly string[];

beforeAll(async () => {
  const path = await directories.newPath();
  const prepare = vi.spyOn(Database.prototype, 'prepare');
  await (await openSqliteStore({ path })).close();
  const texts = new Set(prepare.mock.calls.map(([text]) => text));
  prepare.mockRestore();
  database = new Database(path);
  for (const { text } of Object.values(compileWriteQueries())) texts.add(text);
  statements = [...texts].filter(
    (text) => /"?(events|reservations|due_work|idempotency_keys|subscriptions|api_keys)\b/.test(text) && isLookUp(text),
  );
});
afterAll(async () => {
  database.close();
  await directories.remove();
});

/** What an append looks at before it inserts, too. */
function isLookUp(text: string): boolean {
  return (
    /^(select|update|delete|insert into events .* where \()/s.test(text) &&
    !OF_A_WHOLE_SHARD.some((whole) => whole.test(text))
  );
}

/** How SQLite runs each statement. */
function plans(): Readonly<Record<string, string>> {
  return Object.fromEntries(
    statements.map((text) => {
      const values = Array.from({ length: text.split('?').length - 1 }, () => null);
      const steps = database.prepare<unknown[], { readonly detail: string }>(`explain query plan ${text}`);
      return [text, steps.all(...values).map(({ detail }) => detail)].map(String) as [string, string];
    }),
  );
}

const FILL = `
  with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20000)
    insert into events select 0, 'RES-' || (n / 2), n % 2 + 1, n, 'event-' || n, 'c', 'T', 1, '{}', '{}', 0 from numbers;
  with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20000)
    insert into reservations select 0, 'RES-' || n, 1, 'user_' || (n % 500),
      case n % 100 when 0 then 'escalated' else 'confirmed' end, 'TXN-' || (n % 5000),
      case n % 4 when 0 then null else 'shop-' || (n % 4) end, 'order-' || (n % 5000), '{}' from numbers;
  with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20000)
    insert into due_work select 0, 'charge', 'RES-' || n, n, 0, n, null, null from numbers;
  with recursive numbers(n) as (select 1 union all select n + 1 from numbers where n < 20000)
    insert into idempotency_keys select 0, 'filling', 'key-' || n, 'body', 'RES-' || n from numbers`;

const EMPTY = `delete from events; delete from reservations; delete from due_work; delete from idempotency_keys`;

/** The plan of a look-up, which may be counted. */
const LOOK_UP =
  /^(CO-ROUTINE \(subquery-1\),|SCAN CONSTANT ROW,SCALAR SUBQUERY 1,)?SEARCH \w+ USING (PRIMARY KEY|(COVERING )?INDEX \w+) \(shard=\? AND [^)]+\)(,SCAN \(subquery-1\))?$/;

describe('look-ups on SQLite go by the index that is meant for them', () => {
  test('when nothing was analysed', () => {
    const found = plans();
    expect(Object.keys(found).length).toBeGreaterThan(15);
    expect(Object.keys(found)).toContainEqual(expect.stringMatching(/^insert into events/));
    for (const [text, plan] of Object.entries(found)) {
      // By the shard and something else, in order: never a walk through a shard, and never a sort.
      expect(plan, text).toMatch(LOOK_UP);
    }
  });

  test('which looks at no value: a statement is compiled once', () => {
    expect(statements.filter((text) => /(?<!\+)\?/.test(text))).toEqual([]);
  });

  test('a page of the log begins at its first event, and reads none before it', () => {
    const page = statements.find((text) => /from events .* order by position limit \+\?/s.test(text)) ?? '';
    const steps = database.prepare<unknown[], { readonly opcode: string }>(`explain ${page}`).all(0, 1, 1);
    const opcodes = steps.map(({ opcode }) => opcode);
    expect(opcodes).toContain('SeekGT');
    // What the seek has found is not compared with a position once more.
    expect(opcodes.filter((opcode) => ['Lt', 'Le', 'Gt', 'Ge'].includes(opcode))).toEqual([]);
  });

  test.each([
    ['analysed while empty', ['analyze']],
    ['full, analysed while empty', [FILL]],
    ['full and analysed', ['analyze']],
    ['emptied, analysed while full', [EMPTY]],
    ['emptied and analysed', ['analyze']],
  ])('when the tables are %s', (_, changes) => {
    const before = plans();
    for (const change of changes) database.exec(change);
    expect(plans()).toEqual(before);
  });

  test('whatever the statistics say', () => {
    const before = plans();
    database.exec('analyze');
    const indexes = database
      .prepare<[], { readonly name: string; readonly tbl_name: string }>(
        "select name, tbl_name from sqlite_schema where type = 'index'",
      )
      .all();
    // Rows of the table, then rows for one value of the first column, of the first two, …
    const claims = ['0 0 0 0', '1 1 1 1', '1000000 1000000 1000000 1', '1000000 1000000 1 1', '1000000 1 1 1'];
    const put = database.prepare('insert into sqlite_stat1 (tbl, idx, stat) values (?, ?, ?)');
    for (const odd of indexes) {
      for (const [one, others] of claims.flatMap((claim) => claims.map((other) => [claim, other] as const))) {
        database.exec('delete from sqlite_stat1');
        for (const { name, tbl_name: table } of indexes) {
          // The primary key of a table without rowids goes by the name of the table.
          const index = name === `sqlite_autoindex_${table}_1` ? table : name;
          put.run(table, index, name === odd.name ? one : others);
        }
        database.exec('analyze sqlite_schema');
        expect(plans(), `${odd.name}: ${one}, others: ${others}`).toEqual(before);
      }
    }
  });
});
