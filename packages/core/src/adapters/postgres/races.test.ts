import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleCharge, exampleEvent, exampleId, NOTHING_ALONGSIDE } from '../../testing/builders.ts';
import { encodeAppend } from '../sql/encoded-append.ts';
import { toStep } from '../sql/migrations.ts';
import { openPostgresStore } from './index.ts';
import { appendGroup } from './log/append-call.ts';
import { goAtOnce, startTestChild, type TestChild } from './test-children.ts';
import { createTestSchemas, type TestSchemas } from './test-support.ts';
import { POSTGRES_MIGRATIONS } from './schema/steps.ts';

const PROCESSES = 4;
const WRITERS_EACH = 13;

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

const oneTo = (n: number): readonly number[] => Array.from({ length: n }, (_, index) => index + 1);

/** Opens a store that is closed with the test. */
async function open(connectionString: string): Promise<ReservationStore> {
  const store = await openPostgresStore({ connectionString });
  onTestFinished(() => store.close());
  return store;
}

/** A separate connection, closed with the test. */
async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

/** A process that does not outlive the test. */
function start(task: string, url: string, number?: number): TestChild {
  const child = startTestChild(task, url, number);
  onTestFinished(() => child.kill());
  return child;
}

async function positionsOf(store: ReservationStore): Promise<readonly number[]> {
  return (await store.events.readAll({ after: 0, limit: 1_000 })).map(({ position }) => position);
}

describe('writers of several processes', () => {
  test(`each get their own version of one stream: ${WRITERS_EACH} in each of ${PROCESSES} processes`, async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const children = oneTo(PROCESSES).map((n) => start('writeToOneStream', url, n * 1_000));
    const versions = (await goAtOnce(children)).flat() as number[];
    expect(versions.toSorted((a, b) => a - b)).toEqual(oneTo(PROCESSES * WRITERS_EACH));
    const events = await store.events.readStream(exampleId(1), { after: 0, limit: 1_000 });
    expect(new Set(events.map(({ id }) => id)).size).toBe(PROCESSES * WRITERS_EACH);
    expect(await positionsOf(store)).toEqual(oneTo(PROCESSES * WRITERS_EACH));
  });

  test('that are killed in the middle leave whole appends, all that were acknowledged, and no gap', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const children = [100_000, 200_000].map((first) => start('appendForEver', url, first));
    const acknowledged = [...(await goAtOnce(children))];
    for (const child of children) {
      while (acknowledged.length < 300) acknowledged.push(await child.next());
      const killing = child.kill();
      // What it said before it died is read to the end.
      for (let said = await child.next(); said !== undefined; said = await child.next()) acknowledged.push(said);
      await killing;
    }
    const streams: string[] = [];
    for (let after = 0; ;) {
      const page = await store.events.readAll({ after, limit: 1_000 });
      if (page.length === 0) break;
      streams.push(...page.map(({ stream }) => stream));
      after += page.length;
    }
    const found = Map.groupBy(streams, (stream) => stream);
    expect([...found.values()].filter(({ length }) => length !== 2)).toEqual([]);
    expect(acknowledged.filter((n) => !found.has(exampleId(Number(n))))).toEqual([]);
  });

  test('that open an empty database at the same moment all find it ready, migrated once', async () => {
    const url = await schemas.newSchema();
    const children = oneTo(6).map(() => start('openAtOnce', url));
    expect(await goAtOnce(children)).toEqual(oneTo(6).map(() => 'done'));
    const client = await connect(url);
    const { rows } = await client.query('select version, name from schema_migrations');
    expect(rows).toEqual(POSTGRES_MIGRATIONS.map(toStep));
  });
});

/** Appends one event to the n-th stream in the transaction under way, as another server would. */
async function appendWithin(client: pg.Client, n: number): Promise<void> {
  const append = exampleAppend(exampleId(n), { events: [exampleEvent(n)], inlineWrites: NOTHING_ALONGSIDE });
  const { text, values } = appendGroup([encodeAppend(append)], 10_000);
  await client.query(text, [...values]);
}

describe('transactions that overlap', () => {
  test('commit in the order of their positions: the second waits for the first, a reader never waits', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const other = await connect(url);
    await other.query('begin');
    await appendWithin(other, 1);
    let isDone = false;
    const second = store.events.append(exampleAppend(exampleId(2), { events: [exampleEvent(2)] })).then((result) => {
      isDone = true;
      return result;
    });
    // The one that would be committed in inverse order waits for the lock; a reader sees neither meanwhile.
    await expect.poll(() => waitingForLocks(url)).toBe(1);
    expect([isDone, await positionsOf(store)]).toEqual([false, []]);
    await other.query('commit');
    expect(await second).toEqual({ kind: 'appended', version: 1, position: 2 });
    const { rows } = await other.query('select position from events order by position');
    expect(rows.map(({ position }) => Number(position))).toEqual([1, 2]);
  });

  test('that are undone leave no gap', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const other = await connect(url);
    await other.query('begin');
    await appendWithin(other, 1);
    const second = store.events.append(exampleAppend(exampleId(2), { events: [exampleEvent(2)] }));
    await expect.poll(() => waitingForLocks(url)).toBe(1);
    await other.query('rollback');
    expect(await second).toEqual({ kind: 'appended', version: 1, position: 1 });
  });

  test('judge versions on what was committed while they waited', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const other = await connect(url);
    await other.query('begin');
    await appendWithin(other, 1);
    const late = store.events.append(exampleAppend(exampleId(1), { events: [exampleEvent(2)], commandId: 'late' }));
    const repeated = store.events.append(exampleAppend(exampleId(2), { events: [exampleEvent(3)] }));
    await expect.poll(() => waitingForLocks(url)).toBe(1);
    await other.query('commit');
    await expect(late).resolves.toMatchObject({ kind: 'conflict', actual: 1, missed: [{ position: 1 }] });
    expect(await repeated).toEqual({ kind: 'appended', version: 1, position: 2 });
  });

  test('judge a lease on what was committed while they waited for its row', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const work = { change: 'enqueue', ...exampleCharge(1), owner: 'request', openedAt: 0, leaseUntil: 1 } as const;
    const create = exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, work } });
    await store.events.append(create);
    const other = await connect(url);
    await other.query('begin');
    await other.query("update due_work set owner = 'worker', due_at = 99");
    const removal = { change: 'remove', ...exampleCharge(1), onlyIfLeasedBy: 'request' } as const;
    const late = exampleAppend(exampleId(1), {
      expected: 1,
      events: [exampleEvent(2)],
      inlineWrites: { ...NOTHING_ALONGSIDE, work: removal },
    });
    const settled = store.events.append(late);
    await expect.poll(() => waitingForLocks(url)).toBe(1);
    await other.query('commit');
    expect(await settled).toEqual({ kind: 'lease-lost' });
    expect(await positionsOf(store)).toEqual([1]);
  });

  test('of settlement pass by what is being settled, and take it once that ended without a verdict', async () => {
    const url = await schemas.newSchema();
    const store = await open(url);
    const work = { change: 'enqueue', ...exampleCharge(1), owner: 'request', openedAt: 0, leaseUntil: 1 } as const;
    await store.events.append(exampleAppend(exampleId(1), { inlineWrites: { ...NOTHING_ALONGSIDE, work } }));
    const other = await connect(url);
    await other.query('begin');
    await other.query('select from due_work for update');
    const request = { kind: 'charge', owner: 'worker', now: 10, leaseUntil: 20, limit: 10 } as const;
    expect(await store.work.take(request)).toEqual([]);
    await other.query('rollback');
    expect(await store.work.take(request)).toHaveLength(1);
  });
});

async function waitingForLocks(url: string): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rows } = await client.query(
      "select count(*)::integer as waiting from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'",
    );
    return Number(rows[0]?.['waiting']);
  } finally {
    await client.end();
  }
}
