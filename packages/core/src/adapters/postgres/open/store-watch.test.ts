import {
  createDatabase,
  type PostgresServer,
  queryOnce,
  startPostgres,
  startStandby,
  type TestDatabase,
} from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Observation } from '../../../ports/observer.ts';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';
import { startTestProxy, type TestProxy } from '../test-proxy.ts';

/** Many looks, also on a busy machine. */
const PATIENT = { timeout: 60_000, interval: 100 };
const TEST_TIMEOUT_MS = 180_000;

/** A store that is watched, and what it has told since it began to open, each as "alarm: detail" or "alarm over". */
interface Watched {
  readonly store: ReservationStore;
  readonly told: readonly string[];
}

async function openWatched(connectionString: string): Promise<Watched> {
  const told: string[] = [];
  const observer = (seen: Observation): void => {
    if (seen.kind === 'store-alarm') told.push(seen.raised ? `${seen.alarm}: ${seen.detail}` : `${seen.alarm} over`);
  };
  const store = await openPostgresStore({ connectionString, observer });
  onTestFinished(() => store.close());
  return { store, told };
}

const RISK = 'asynchronous-replication: asynchronous replication: a failover can lose acknowledged reservations. ';
const ASYNCHRONOUS = `${RISK}PostgreSQL has a standby, and synchronous_standby_names is empty`;
const LOCAL = `${RISK}synchronous_commit is local, so that no commit waits for the standbys of synchronous_standby_names`;
const ALONE =
  `${RISK}PostgreSQL had standbys and has none now, and synchronous_standby_names is empty: commits are on one ` +
  'machine alone';
const OVER = 'asynchronous-replication over';

describe('the settings of a server', { timeout: TEST_TIMEOUT_MS }, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    await (await openPostgresStore({ connectionString: server.url })).close();
  });
  afterAll(() => server.remove());

  async function set(name: string, value: string): Promise<void> {
    await queryOnce(server.url, `alter system set ${name} = '${value}'`);
    await queryOnce(server.url, 'select pg_reload_conf()');
    const shown = async (): Promise<unknown> => (await queryOnce(server.url, `show ${name}`))[0];
    await expect.poll(shown, PATIENT).toEqual({ [name]: value });
  }
  beforeEach(() => set('synchronous_standby_names', ''));

  test('raise an alarm when commits stop to wait for a standby, and clear it when they wait again', async () => {
    await set('synchronous_standby_names', 'a');
    const { told } = await openWatched(server.url);
    expect(told).toEqual([]);
    await set('synchronous_standby_names', '');
    await expect.poll(() => told, PATIENT).toEqual([ALONE]);
    await set('synchronous_standby_names', 'a');
    await expect.poll(() => told, PATIENT).toEqual([ALONE, OVER]);
  });

  test('raise an alarm when a role is told not to wait, before its connections are made anew', async () => {
    await queryOnce(
      server.url,
      `create role clerk login password 'pw'; grant select, insert, update, delete on all tables in schema public to clerk`,
    );
    const url = new URL(server.url);
    [url.username, url.password] = ['clerk', 'pw'];
    await set('synchronous_standby_names', 'a');
    const { told } = await openWatched(url.href);
    // A session that was told otherwise by its connection string is not concerned.
    url.searchParams.set('options', '-c synchronous_commit=on');
    const outspoken = await openWatched(url.href);
    // The change itself waits for no standby either.
    const alter = (change: string): Promise<unknown> =>
      queryOnce(server.url, `set synchronous_commit = local; alter role clerk ${change}`);
    await alter('set synchronous_commit = local');
    await expect.poll(() => told, PATIENT).toEqual([LOCAL]);
    await alter('reset synchronous_commit');
    await expect.poll(() => told, PATIENT).toEqual([LOCAL, OVER]);
    expect(outspoken.told).toEqual([]);
  });

  test('raise an alarm when they would keep a store from opening', async () => {
    const { told } = await openWatched(server.url);
    await set('fsync', 'off');
    const off = 'unsuitable-settings: the PostgreSQL server needs fsync on, found off';
    await expect.poll(() => told, PATIENT).toEqual([off]);
    await set('fsync', 'on');
    await expect.poll(() => told, PATIENT).toEqual([off, 'unsuitable-settings over']);
  });

  test('raise no alarm because of a base backup', async () => {
    const backup = new pg.Client({ connectionString: server.url, replication: 'true' } as pg.ClientConfig);
    backup.on('error', () => undefined);
    await backup.connect();
    // It goes on for minutes, until it is cut.
    backup.query("BASE_BACKUP (CHECKPOINT 'fast', MAX_RATE 32)").catch(() => undefined);
    const running = "select pid from pg_stat_progress_basebackup where phase = 'streaming database files'";
    await expect.poll(() => queryOnce(server.url, running), PATIENT).toHaveLength(1);
    const { told } = await openWatched(server.url);
    await queryOnce(server.url, 'select pg_terminate_backend(pid) from pg_stat_progress_basebackup');
    expect(told).toEqual([]);
  });
});

describe('a cluster', { timeout: TEST_TIMEOUT_MS }, () => {
  let primary: PostgresServer;
  let standby: PostgresServer;
  let proxy: TestProxy;
  let database: TestDatabase;
  beforeEach(async () => {
    primary = await startPostgres();
    const { port, password } = new URL(primary.url);
    standby = await startStandby(primary, {
      primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`,
    });
    database = await createDatabase(primary.url);
    proxy = await startTestProxy(database.url);
    onTestFinished(async () => {
      await proxy.stop();
      await Promise.all([standby.remove(), primary.remove()]);
    });
  }, TEST_TIMEOUT_MS);

  /** Resolves when the standby has on disk what the primary has. */
  async function caughtUp(): Promise<void> {
    const behind = `select from pg_stat_replication where state = 'streaming' and flush_lsn >= pg_current_wal_flush_lsn()`;
    await expect.poll(() => queryOnce(primary.url, `select exists (${behind})`), PATIENT).toEqual([{ exists: true }]);
  }

  /** The primary dies, and its standby takes its place. */
  async function failOver(): Promise<void> {
    await primary.kill();
    await queryOnce(standby.url, 'select pg_promote()');
    const promoted = new URL(database.url);
    promoted.port = new URL(standby.url).port;
    proxy.leadTo(promoted.href);
  }

  const appendTo = async (store: ReservationStore, ...numbers: readonly number[]): Promise<void> => {
    for (const number of numbers) {
      await store.events.append(exampleAppend(exampleId(number), { events: [exampleEvent(number)] }));
    }
  };

  const LOST = 'log-lost-its-end: the log has lost events: this store acknowledged or read event';

  test('raises an alarm when its standbys are gone, and clears it when commits wait again', async () => {
    await queryOnce(primary.url, "alter system set synchronous_standby_names = 'standby'");
    await queryOnce(primary.url, 'select pg_reload_conf()');
    const { store, told } = await openWatched(proxy.url);
    await standby.kill();
    // What Patroni does without its strict mode.
    await queryOnce(primary.url, "alter system set synchronous_standby_names = ''");
    await queryOnce(primary.url, 'select pg_reload_conf()');
    await expect.poll(() => told, PATIENT).toEqual([ALONE]);
    await appendTo(store, 1);
    await standby.start();
    await queryOnce(primary.url, "alter system set synchronous_standby_names = 'standby'");
    await queryOnce(primary.url, 'select pg_reload_conf()');
    await expect.poll(() => told.at(-1), PATIENT).toBe(OVER);
  });

  test('raises an alarm within seconds when a failover lost what was acknowledged, also when the log has grown', async () => {
    const { store, told } = await openWatched(proxy.url);
    expect(told).toEqual([ASYNCHRONOUS]);
    await appendTo(store, 1);
    await caughtUp();
    await standby.stop();
    await appendTo(store, 2, 3);
    await primary.kill();
    await standby.start();
    await failOver();
    // Another server is the first to append, beyond what this one remembers.
    const other = new URL(database.url);
    other.port = new URL(standby.url).port;
    const beside = await openPostgresStore({ connectionString: other.href });
    await appendTo(beside, 12, 13, 14, 15);
    await beside.close();
    await expect.poll(() => appendTo(store, 20).then(() => 'appended', String), PATIENT).toBe('appended');
    await expect
      .poll(() => told.filter((line) => line.startsWith(LOST)), PATIENT)
      .toEqual([
        expect.stringMatching(
          `^${LOST} ${exampleEvent(3).id} at position 3, which is not there any more; the log ends `,
        ),
      ]);
  });

  test('raises no alarm about a log that was taken over whole', async () => {
    const { store, told } = await openWatched(proxy.url);
    await appendTo(store, 1, 2, 3);
    expect(await store.events.readAll({ after: 0, limit: 10 })).toHaveLength(3);
    await caughtUp();
    await failOver();
    await expect.poll(() => appendTo(store, 4).then(() => 'appended', String), PATIENT).toBe('appended');
    // The log is looked at first, the settings of the same look are told behind it.
    await expect.poll(() => told, PATIENT).toEqual([ASYNCHRONOUS, ALONE]);
  });
});
