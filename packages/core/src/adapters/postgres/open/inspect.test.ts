import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { expect, inject, onTestFinished, test } from 'vitest';
import { migratePostgres } from '../schema/migrations.ts';
import { inspectPostgres, type PostgresInspection } from './inspect.ts';

async function newDatabase(): Promise<TestDatabase> {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  return database;
}

function inspect(connectionString: string): Promise<PostgresInspection> {
  return inspectPostgres({ connectionString, now: () => Date.now() });
}

test('an empty database needs the schema, and its role is not tried', async () => {
  const { url } = await newDatabase();
  const { version, clockDifferenceMs, ...facts } = await inspect(url);
  expect([version, facts]).toMatchObject([
    expect.stringMatching(/^\d+(\.\d+)?$/),
    { isStandby: false, settingFaults: [], schema: { kind: 'met', value: { current: 0 } }, serving: null },
  ]);
  expect(Number.isInteger(clockDifferenceMs)).toBe(true);
});

test('a current database can be served', async () => {
  const { url } = await newDatabase();
  await migratePostgres({ connectionString: url });
  expect(await inspect(url)).toMatchObject({
    schema: { kind: 'met', value: { pending: [] } },
    serving: { kind: 'met', value: true },
  });
});

test('a role without a privilege, and a setting that loses commits, are facts and no errors', async () => {
  const database = await newDatabase();
  await migratePostgres({ connectionString: database.url });
  const role = `reader_${new URL(database.url).pathname.slice(1)}`;
  await database.query(`create role ${role} login password 'p'; grant select on all tables in schema public to ${role};
    alter role ${role} set synchronous_commit to off`);
  onTestFinished(async () => {
    await database.query(`drop owned by ${role}; drop role ${role}`);
  });
  const url = new URL(database.url);
  url.username = role;
  url.password = 'p';
  expect(await inspect(url.href)).toMatchObject({
    settingFaults: [{ expected: 'synchronous_commit on', found: 'off' }],
    serving: { kind: 'not-met', message: expect.stringContaining('the role of the connection may not use the store') },
  });
});

test('the tables of another program are named', async () => {
  const database = await newDatabase();
  await database.query('create table schema_migrations (id integer)');
  expect(await inspect(database.url)).toMatchObject({
    schema: { kind: 'not-met', message: expect.stringContaining('made by another program') },
    serving: null,
  });
});

test('the difference of the clocks is that of the database from this machine', async () => {
  const { url } = await newDatabase();
  const { clockDifferenceMs } = await inspectPostgres({ connectionString: url, now: () => Date.now() - 3_600_000 });
  expect(clockDifferenceMs).toBeGreaterThan(3_500_000);
});

test('a database that is not reached is an error', async () => {
  await expect(inspect('postgres://127.0.0.1:1/none')).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
});
