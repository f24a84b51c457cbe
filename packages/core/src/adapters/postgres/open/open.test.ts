import { createDatabase } from '@reservations/test-postgres';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import { exampleAppend, exampleId } from '../../../testing/builders.ts';
import { assertDurable } from './durability.ts';
import { openPostgresStore, type PostgresStoreOptions } from '../index.ts';
import { createTestSchemas, schemaOf, type TestSchemas } from '../test-support.ts';
import { POSTGRES_MIGRATIONS } from '../schema/steps.ts';

const NEWEST = POSTGRES_MIGRATIONS.length;

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

/** What opening throws. */
async function faultOf(options: PostgresStoreOptions): Promise<{ readonly code: unknown; readonly message: string }> {
  const error: unknown = await openPostgresStore(options).then(
    async (store) => {
      await store.close();
      throw new Error('the store was opened');
    },
    (reason: unknown) => reason,
  );
  if (!(error instanceof Error)) throw new Error(`not an error: ${String(error)}`);
  return { code: 'code' in error ? error.code : null, message: error.message };
}

describe('options', () => {
  const connectionString = 'postgres://somebody:secret@127.0.0.1:1/db';
  const url = 'connectionString: expected postgres://USER:PASSWORD@HOST:PORT/DATABASE';
  test.each([
    [{ connectionString: '' }, url],
    [{ connectionString: 'reservations.db' }, url],
    [{ connectionString: 'mysql://somebody:secret@host/db' }, url],
    [{ connectionString, poolMax: 0 }, 'poolMax: expected a whole number from 1 to 100, found 0'],
    [{ connectionString, poolMax: 101 }, 'poolMax: expected a whole number from 1 to 100, found 101'],
    [
      { connectionString, statementTimeoutMs: 0.5 },
      'statementTimeoutMs: expected a whole number from 1 to 600000, found 0.5',
    ],
    [{ connectionString, connectTimeoutMs: 0 }, 'connectTimeoutMs: expected a whole number from 1 to 600000, found 0'],
  ])('%j is refused with what was expected and what was found', async (options, message) => {
    expect(await faultOf(options)).toEqual({ code: 'INVALID_OPTION', message });
  });
});

describe('a server that cannot be used', () => {
  test('is reported unavailable without a listener', async () => {
    const fault = await faultOf({ connectionString: 'postgres://somebody:secret@127.0.0.1:1/db' });
    expect(fault).toEqual({
      code: 'STORE_UNAVAILABLE',
      message: 'PostgreSQL cannot be used now: connect ECONNREFUSED 127.0.0.1:1 (ECONNREFUSED)',
    });
  });

  test.each([
    ['password', 'wrong', 'password authentication failed for user "postgres" (28P01)'],
    ['pathname', '/missing', 'database "missing" does not exist (3D000)'],
  ] as const)('says why it does not let anybody in: %s', async (part, value, message) => {
    const url = new URL(schemas.database.url);
    url[part] = value;
    expect(await faultOf({ connectionString: url.href })).toEqual({
      code: 'STORE_UNAVAILABLE',
      message: `PostgreSQL cannot be used now: ${message}`,
    });
  });
});

describe('a database that cannot be used', () => {
  test('is refused when it is newer than this code', async () => {
    const connectionString = await schemas.newSchema();
    await (await openPostgresStore({ connectionString })).close();
    await schemas.database.query(
      "insert into store_1.schema_migrations (version, name) values (99, 'from the future')",
    );
    expect(await faultOf({ connectionString })).toEqual({
      code: 'STORE_UNSUITABLE',
      message: `the database has schema version 99, this code knows versions up to ${NEWEST}: use a newer release`,
    });
  });

  test.each([
    ['synchronous_commit', 'off', 'synchronous_commit on, found off'],
    [
      'default_transaction_isolation',
      'serializable',
      'default_transaction_isolation read committed, found serializable',
    ],
    [
      'default_transaction_read_only',
      'on',
      'default_transaction_read_only off, for the database and the role, found on',
    ],
    ['client_min_messages', 'error', 'client_min_messages warning or lower, found error'],
  ])('is refused when commits would be lost or judged otherwise: %s', async (name, value, message) => {
    const url = new URL(await schemas.newSchema());
    url.searchParams.set('options', `${url.searchParams.get('options')} -c ${name}=${value}`);
    expect(await faultOf({ connectionString: url.href })).toEqual({
      code: 'STORE_UNSUITABLE',
      message: `the PostgreSQL server needs ${message}`,
    });
  });

  test('is refused when it cannot hold every text', async () => {
    const database = await createDatabase(inject('postgresUrl'), "encoding 'SQL_ASCII' template template0");
    onTestFinished(() => database.drop());
    expect(await faultOf({ connectionString: database.url })).toEqual({
      code: 'STORE_UNSUITABLE',
      message: 'the PostgreSQL server needs the encoding UTF8, found SQL_ASCII',
    });
  });

  test.each([
    [{ version: 140_019 }, 'version 15 or newer, found 14'],
    [{ recovering: true }, 'a primary server, found a standby'],
  ])('is refused by what its server is: %j', async (setting, message) => {
    const settings = {
      version: 180_004,
      recovering: false,
      fsync: 'on',
      full_page_writes: 'on',
      synchronous_commit: 'on',
      synchronous_standby_names: '',
      has_standby: false,
      server_encoding: 'UTF8',
      default_transaction_isolation: 'read committed',
      default_transaction_read_only: 'off',
      client_min_messages: 'notice',
      next_sessions: [],
    };
    const answering = (row: object) => async () => ({ rows: [row as never], count: 1 });
    await expect(assertDurable(answering(settings))).resolves.toEqual(settings);
    await expect(assertDurable(answering({ ...settings, ...setting }))).rejects.toMatchObject({
      code: 'STORE_UNSUITABLE',
      message: `the PostgreSQL server needs ${message}`,
    });
  });
});

describe('a commit of appends', () => {
  test('is on disk although commits were made asynchronous after the store was opened', async () => {
    const connectionString = await schemas.newSchema();
    const store = await openPostgresStore({ connectionString });
    await store.close();
    const schema = schemaOf(connectionString);
    const rows = await schemas.database.query(
      `set search_path = ${schema}; begin; set local synchronous_commit = off;
       select append_group(0, 1000, false, '{}', '{}'); show synchronous_commit; rollback`,
    );
    expect(rows).toEqual([{ synchronous_commit: 'on' }]);
  });
});

describe('a role that may not create tables', () => {
  test('opens a store that is current already', async () => {
    const connectionString = await schemas.newSchema();
    await (await openPostgresStore({ connectionString })).close();
    const schema = schemaOf(connectionString);
    const role = `role_${schema}_${process.pid}`;
    await schemas.database.query(
      `create role ${role} login password 'pw'; grant usage on schema ${schema} to ${role};
       grant select, insert, update, delete on all tables in schema ${schema} to ${role}`,
    );
    onTestFinished(async () => {
      await schemas.database.query(`drop owned by ${role}; drop role ${role}`);
    });
    const url = new URL(connectionString);
    [url.username, url.password] = [role, 'pw'];
    const store = await openPostgresStore({ connectionString: url.href });
    expect(await store.events.append(exampleAppend(exampleId(1)))).toEqual({
      kind: 'appended',
      version: 1,
      position: 1,
    });
    await store.close();
  });
});
