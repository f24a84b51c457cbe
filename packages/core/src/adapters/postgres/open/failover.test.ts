import {
  createDatabase,
  type PostgresServer,
  queryOnce,
  startPostgres,
  startStandby,
  type TestDatabase,
} from '@reservations/test-postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { AppendResult, EventStore } from '../../../ports/event-store.ts';
import { exampleAppend, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';

// A primary that acknowledges what its standby has on disk.
let primary: PostgresServer;
let standby: PostgresServer;
let database: TestDatabase;
beforeAll(async () => {
  primary = await startPostgres({ synchronous_standby_names: 'standby' });
  const { port, password } = new URL(primary.url);
  standby = await startStandby(primary, {
    primary_conninfo: `host=127.0.0.1 port=${port} user=postgres password=${password} application_name=standby`,
  });
  database = await createDatabase(primary.url);
});
afterAll(() => Promise.all([standby.remove(), primary.remove()]));

/** A busy machine takes longer than polls wait by themselves. */
const PATIENT = { timeout: 20_000 };

const WAITING = "from pg_stat_activity where wait_event = 'SyncRep'";

/** Resolves when some commit waits for the standby. */
async function untilOneWaits(): Promise<void> {
  await expect.poll(() => database.query(`select pid ${WAITING}`), PATIENT).not.toEqual([]);
}

describe('a commit that is on the primary alone', () => {
  const key = { kind: 'claim', scope: 'caller', key: 'key', fingerprint: 'body' } as const;
  const first = exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, key } });
  const appended: AppendResult = { kind: 'appended', version: 1, position: 1 };
  const other = exampleAppend(exampleId(2), {
    events: [exampleEvent(2)],
    inlineWrites: { ...NOTHING_ALONGSIDE, key },
  });

  test('is told of by no answer before the standby has it: neither to who repeats it, nor to who finds it there', async () => {
    const store = await openPostgresStore({ connectionString: database.url });
    const beside = await openPostgresStore({ connectionString: database.url });
    await standby.freeze();
    onTestFinished(() => standby.thaw());
    const lost = expect(store.events.append(first)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await untilOneWaits();
    // Its connection is cut while it waits: from here on every session sees a commit that only the primary has.
    await database.query(`select pg_terminate_backend(pid) ${WAITING}`);
    await lost;
    expect(await store.events.readStream(first.stream, { after: 0, limit: 1 })).toHaveLength(1);

    const told: string[] = [];
    const ask = (name: string, { append }: EventStore, request: typeof first): Promise<AppendResult> =>
      append(request).finally(() => told.push(name));
    const answers = Promise.all([
      ask('repeated', store.events, first),
      ask('conflict', beside.events, { ...first, commandId: 'other', inlineWrites: NOTHING_ALONGSIDE }),
    ]);
    await expect
      .poll(async () => (await database.query(`select pid ${WAITING}`)).length + told.length, PATIENT)
      .not.toBe(0);
    expect(told).toEqual([]);

    await standby.thaw();
    expect(await answers).toMatchObject([appended, { kind: 'conflict', actual: 1 }]);
    expect(await store.events.append(other)).toMatchObject({ kind: 'key-taken', stream: exampleId(1) });
    await Promise.all([store.close(), beside.close()]);
  });

  test('and what was acknowledged is there when the standby takes over', async () => {
    await primary.kill();
    await queryOnce(standby.url, "alter system set synchronous_standby_names = ''");
    await queryOnce(standby.url, 'select pg_promote()');
    const promoted = new URL(database.url);
    promoted.port = new URL(standby.url).port;
    const store = await openPostgresStore({ connectionString: promoted.href });
    expect(await store.events.append(first)).toEqual(appended);
    await store.close();
  });
});
