import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import pg from 'pg';
import { beforeEach, describe, expect, inject, onTestFinished, test } from 'vitest';
import { type Connections, createConnections } from '../open/connection.ts';
import { migratePostgres } from '../index.ts';
import { migrate } from './migrate.ts';
import { parseConnectionOptions } from '../open/options.ts';
import { POSTGRES_MIGRATIONS } from './steps.ts';

/** A step that needs a table for itself, as a later release may have one. */
const RELEASED = POSTGRES_MIGRATIONS;
const LATER = { version: RELEASED.length + 1, name: 'a column' };
const MIGRATIONS = [...RELEASED, { ...LATER, statements: ['alter table events add column extra integer'] }];

let database: TestDatabase;
let connections: Connections;
let dump: pg.Client;
beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  await migratePostgres({ connectionString: database.url });
  connections = createConnections(parseConnectionOptions({ connectionString: database.url, poolMax: 1 }));
  onTestFinished(() => connections.end());
  dump = new pg.Client({ connectionString: database.url });
  await dump.connect();
  onTestFinished(() => dump.end());
  await dump.query('begin');
  await dump.query('select from events');
});

describe('a migration beside a long transaction', () => {
  test('lets others read meanwhile, and is done when it may', async () => {
    const migrating = migrate(connections, MIGRATIONS, { timeoutMs: 100, attemptsMax: 10_000 });
    const waiting = "select from pg_locks where relation = 'events'::regclass and not granted";
    await expect.poll(async () => (await dump.query(waiting)).rowCount).toBe(1);
    await database.query('select from events');
    await dump.query('commit');
    expect(await migrating).toEqual([LATER]);
  });

  test('gives up in the end, says why, and has changed nothing', async () => {
    await expect(migrate(connections, MIGRATIONS, { timeoutMs: 10, attemptsMax: 3 })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message:
        'the schema was not changed: a long transaction, such as a dump, kept a table in use for 3 attempts of 10 ms',
    });
    await dump.query('commit');
    expect(await migrate(connections, MIGRATIONS)).toEqual([LATER]);
  });
});
