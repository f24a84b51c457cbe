import { createDatabase, type TestDatabase } from '@reservations/test-postgres';
import { beforeEach, describe, expect, inject, it, onTestFinished } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import type { SwitchRequest } from '../../../ports/view-rebuild.ts';
import {
  exampleAppend,
  exampleEvent,
  exampleId,
  exampleSummary,
  NOTHING_ALONGSIDE,
} from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
});

let roles = 0;

/** A role that may log in, removed with the test; `grants` says what else it may, of "it". Returns its URL and name. */
async function newRole(grants: string): Promise<{ readonly role: string; readonly url: string }> {
  roles += 1;
  const role = `role_${Date.now()}_${process.pid}_${roles}`;
  await database.query(`create role ${role} login password 'x'; ${grants.replaceAll(' it', ` ${role}`)}`);
  onTestFinished(async () => void (await database.query(`drop owned by ${role} cascade; drop role ${role}`)));
  const url = new URL(database.url);
  [url.username, url.password] = [role, 'x'];
  return { role, url: url.href };
}

async function open(connectionString: string, schema: 'upgrade' | 'require' = 'upgrade'): Promise<ReservationStore> {
  const store = await openPostgresStore({ connectionString, schema, poolMax: 2 });
  onTestFinished(() => store.close());
  return store;
}

async function append(to: ReservationStore, n: number): Promise<void> {
  const inlineWrites = { ...NOTHING_ALONGSIDE, summary: exampleSummary(exampleId(n)) };
  const result = await to.events.append(exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites }));
  expect(result.kind).toBe('appended');
}

const switchNow: SwitchRequest = {
  after: 0,
  project: (stream) => exampleSummary(stream[0]?.stream as `RES-${string}`, { version: stream.length }),
  patienceMs: 10_000,
};

/** A rebuild from its beginning to its switch. */
async function rebuild(store: ReservationStore): Promise<void> {
  const begun = await store.view.rebuild({ token: 'one', startedAt: 1 });
  expect(await begun.switchOver(switchNow)).toEqual({ kind: 'switched' });
}

/** Owner, grants, schema and settings of every table that could be the view. */
async function tables(): Promise<readonly unknown[]> {
  return await database.query(
    `select relnamespace::regnamespace::text as schema, relname as name, pg_get_userbyid(relowner) as owner, reloptions,
       array(select a::text from unnest(coalesce(relacl, acldefault('r', relowner))) as a order by 1) as acl
     from pg_class where relname like 'reservations%' and relkind = 'r' order by 1, 2`,
  );
}

describe('a rebuild by another role than the owner of the tables', () => {
  it('leaves the view to its owner, with the grants that it had and no others', async () => {
    const app = await newRole('grant create, usage on schema public to it');
    const { role: reader } = await newRole('');
    const server = await open(app.url);
    await append(server, 1);
    await database.query(`alter default privileges grant select on tables to ${reader}`);
    const before = await tables();
    await rebuild(await open(database.url, 'require'));
    expect(await tables()).toEqual(before);
    await append(server, 2);
    expect(await server.view.find(exampleId(1))).toEqual(exampleSummary(exampleId(1)));
  });

  it('is refused in words before anything is changed, when it has not the rights of the owner', async () => {
    const store = await open(database.url);
    const dml = await newRole('grant select, insert, update, delete on all tables in schema public to it');
    const tool = await open(dml.url, 'require');
    await append(tool, 1);
    const earlier = await store.view.rebuild({ token: 'earlier', startedAt: 1 });
    await expect(tool.view.rebuild({ token: 'later', startedAt: 2 })).rejects.toMatchObject({
      code: 'STORE_UNSUITABLE',
      message: `the view cannot be rebuilt: its table belongs to the role postgres, whose rights ${dml.role} does not have`,
    });
    expect(await earlier.switchOver(switchNow)).toEqual({ kind: 'switched' });
  });

  it.each([
    ['read', 'grant select on all tables in schema public to it'],
    ['make tables in the schema', 'grant %s to it'],
  ])('is refused in words, when it may not even %s', async (_, grants) => {
    const owner = await newRole('grant create, usage on schema public to it');
    await open(owner.url);
    await database.query(`revoke create on schema public from ${owner.role}, public`);
    const tool = await newRole(grants.replace('%s', owner.role));
    const store = await openPostgresStore({ connectionString: tool.url, schema: 'require', serving: false });
    onTestFinished(() => store.close());
    await expect(store.view.rebuild({ token: 'one', startedAt: 1 })).rejects.toMatchObject({
      code: 'STORE_UNSUITABLE',
      message: expect.stringMatching(
        /^the view can only be rebuilt by a role that may .*: permission denied/,
      ) as string,
    });
  });

  it('is refused when this role would make tables elsewhere by now, and leaves the view as it is', async () => {
    const server = await open(database.url);
    await append(server, 1);
    const before = await tables();
    const tool = await open(database.url, 'require');
    // From here on it comes first on the path of this role.
    await database.query('create schema postgres');
    await expect(rebuild(tool)).rejects.toMatchObject({ code: 'STORE_UNSUITABLE' });
    // What was built beside it stays until the next rebuild.
    expect(await tables()).toEqual(expect.arrayContaining([...before]));
    await append(server, 2);
    expect(await server.view.find(exampleId(1))).toEqual(exampleSummary(exampleId(1)));
  });

  it('works in a schema with a name that has to be quoted', async () => {
    await database.query(`create schema "It's a ""Shop"""; alter role current_user in database
      "${new URL(database.url).pathname.slice(1)}" set search_path = "It's a ""Shop"""`);
    const store = await open(database.url);
    await append(store, 1);
    await rebuild(store);
    expect(await store.view.find(exampleId(1))).toEqual(exampleSummary(exampleId(1)));
  });
});

describe('what belongs to the table of the view', () => {
  const refused: readonly (readonly [string, string])[] = [
    ['row-level security', 'alter table reservations enable row level security'],
    ['row-level security', 'create policy mine on reservations using (true)'],
    ['grants on columns', 'grant select (status) on reservations to public'],
    ['in a publication', 'create publication mine for table reservations'],
    [
      'triggers',
      `create trigger mine after insert on reservations for each row
       execute function tsvector_update_trigger('message', 'pg_catalog.english', 'message')`,
    ],
  ];

  it.each(refused)('keeps a rebuild from beginning, and from its switch: %s (%s)', async (what, statement) => {
    const store = await open(database.url);
    await append(store, 1);
    const begun = await store.view.rebuild({ token: 'one', startedAt: 1 });
    await database.query(statement);
    const before = await database.query("select 'reservations'::regclass::oid");
    const fault = { code: 'STORE_UNSUITABLE', message: expect.stringContaining(what) as string };
    await expect(begun.switchOver(switchNow)).rejects.toMatchObject(fault);
    await expect(store.view.rebuild({ token: 'two', startedAt: 2 })).rejects.toMatchObject(fault);
    expect(await database.query("select 'reservations'::regclass::oid")).toEqual(before);
  });

  it('goes over to the new one: settings, and several indexes of one definition', async () => {
    const store = await open(database.url);
    await database.query(`alter table reservations set (fillfactor = 70, autovacuum_vacuum_scale_factor = 0.05);
      create index same on reservations (shard, stage, reservation_id);
      create unique index same_key on reservations (shard, reservation_id)`);
    const indexes = "select * from pg_indexes where tablename = 'reservations' order by indexname";
    const before = [await tables(), await database.query(indexes)];
    await rebuild(store);
    expect([await tables(), await database.query(indexes)]).toEqual(before);
  });
});
