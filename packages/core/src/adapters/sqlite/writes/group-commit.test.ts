import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { commitGroup } from './commit-group.ts';
import { createGroupCommit, GROUP_WRITES_MAX } from './group-commit.ts';
import { compileWriteQueries } from './queries.ts';
import { prepareWriteStatements } from './statements.ts';
import { createWriteTransactions } from './transaction.ts';
import { migrate } from '../schema/migrate.ts';
import { SQLITE_MIGRATIONS } from '../schema/steps.ts';

interface Fixture {
  readonly database: Database.Database;
  /** Runs a function in a transaction shared with others. */
  submit<Result>(write: () => Result): Promise<Result>;
  idle(): Promise<void>;
  /** How each transaction ended. */
  readonly ends: string[];
  /** Inserts a number; one that is there already makes SQLite throw. */
  insert(n: number): Promise<number>;
  numbers(): unknown[];
}

/** A real database that writes down what becomes of its transactions, and fails at commit when `failCommit` says so. */
function fixture(failCommit: (commits: number) => boolean = () => false): Fixture {
  const database = new Database(':memory:');
  migrate(database, SQLITE_MIGRATIONS);
  database.exec('create table numbers (n integer primary key)');
  const statements = prepareWriteStatements(database, compileWriteQueries());
  const transactions = createWriteTransactions(database, statements, () => undefined);
  const ends: string[] = [];
  const watched = {
    ...transactions,
    commit() {
      if (failCommit(ends.length)) throw new Error('the disk is full');
      transactions.commit();
      ends.push('commit');
    },
    rollback() {
      transactions.rollback();
      ends.push('rollback');
    },
  };
  const group = createGroupCommit<() => unknown>(async (writes, waitMs) => commitGroup(watched, writes, null, waitMs));
  const submit = async <Result>(write: () => Result) => (await group.submit(write)) as Result;
  const insert = database.prepare('insert into numbers (n) values (?)');
  return {
    database,
    submit,
    idle: () => group.idle(),
    ends,
    insert: (n) =>
      submit(() => {
        insert.run(n);
        return n;
      }),
    numbers: () => database.prepare('select n from numbers order by n').pluck().all(),
  };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('group commit', () => {
  test('commits together what was asked for in the same turn, each with its own result', async () => {
    const { insert, ends, numbers } = fixture();
    expect(await Promise.all(range(1, 50).map(insert))).toEqual(range(1, 50));
    expect(ends).toEqual(['commit']);
    expect(numbers()).toEqual(range(1, 50));
  });

  test('commits a lone write alone, without waiting for another', async () => {
    const { insert, ends } = fixture();
    expect(await insert(1)).toBe(1);
    expect(await insert(2)).toBe(2);
    expect(ends).toEqual(['commit', 'commit']);
  });

  test('keeps a group bounded, and the order of what was asked for', async () => {
    const { insert, ends } = fixture();
    const order: number[] = [];
    const count = 2 * GROUP_WRITES_MAX + 1;
    await Promise.all(range(1, count).map((n) => insert(n).then(() => order.push(n))));
    expect(ends).toEqual(['commit', 'commit', 'commit']);
    expect(order).toEqual(range(1, count));
  });

  test('lets only the poisonous write of a group fail', async () => {
    const { insert, ends, numbers } = fixture();
    const outcomes = await Promise.allSettled([1, 2, 2, 3].map(insert));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
    expect(ends).toEqual(['rollback', 'commit', 'commit', 'rollback', 'commit']);
    expect(numbers()).toEqual([1, 2, 3]);
  });

  test('fails the whole group, and repeats nothing, when the commit fails: it may have taken place', async () => {
    const { insert, ends, numbers } = fixture((commits) => commits === 0);
    const outcomes = await Promise.allSettled([1, 2].map(insert));
    expect(outcomes).toEqual(range(1, 2).map(() => ({ status: 'rejected', reason: new Error('the disk is full') })));
    expect(ends).toEqual(['rollback']);
    expect(numbers()).toEqual([]);
    expect(await insert(3)).toBe(3);
  });

  test('resolves nothing before the commit', async () => {
    const { submit, database } = fixture();
    let committed = false;
    const first = submit(() => undefined).then(() => database.inTransaction);
    const second = submit(() => {
      committed = true;
    });
    expect([await first, committed]).toEqual([false, true]);
    await second;
  });

  test('is idle when everything that was asked for has ended', async () => {
    const { idle, insert, numbers } = fixture();
    const inserts = range(1, 300).map(insert);
    await idle();
    expect(numbers()).toEqual(range(1, 300));
    await Promise.all(inserts);
    await idle();
  });
});
