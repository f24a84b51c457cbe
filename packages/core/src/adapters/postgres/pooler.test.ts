import pg from 'pg';
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { reservationStoreContract } from '../../testing/event-store-contract/contract.ts';
import { openPostgresStore } from './index.ts';
import { startTestPooler } from './test-pooler.ts';
import { createPostgresHarness, createTestSchemas, type TestSchemas } from './test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

/** A way to a new, empty schema through a pooler of its own. */
async function newSchema(): Promise<string> {
  const pooler = await startTestPooler(await schemas.newSchema());
  onTestFinished(() => pooler.stop());
  return pooler.url;
}

async function connect(connectionString: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

describe('the pooler of these tests', () => {
  test('lets one client find what another left in the session', async () => {
    const url = await newSchema();
    const [one, other] = [await connect(url), await connect(url)];
    await one.query("set application_name = 'left'");
    await one.query('prepare left_behind as select 1');
    expect((await other.query('show application_name')).rows).toEqual([{ application_name: 'left' }]);
    await expect(other.query('prepare left_behind as select 2')).rejects.toThrow('already exists');
  });

  test('keeps the others waiting until a transaction ends, and undoes that of a client that goes away', async () => {
    const url = await newSchema();
    const [one, other, third] = [await connect(url), await connect(url), await connect(url)];
    await one.query('create table numbers (n integer)');
    await one.query('begin');
    await one.query('insert into numbers values (1)');
    let isAnswered = false;
    const counted = other.query('select count(*)::integer from numbers').then(({ rows }) => {
      isAnswered = true;
      return rows;
    });
    await one.query('insert into numbers values (2)');
    expect(isAnswered).toBe(false);
    await one.query('commit');
    expect(await counted).toEqual([{ count: 2 }]);
    await third.query('begin');
    await third.query('delete from numbers');
    await third.end();
    expect((await other.query('select count(*)::integer from numbers')).rows).toEqual([{ count: 2 }]);
  });
});

describe('PostgreSQL behind a pooler of transactions', () => {
  const harness = createPostgresHarness({ newSchema });

  test.each(reservationStoreContract)('$title', (contractCase) => contractCase.run(harness));

  test('takes the appends of many servers on its one connection, each once and without a gap', async () => {
    const connectionString = await newSchema();
    const open = (): Promise<ReservationStore> => openPostgresStore({ connectionString });
    const [first, ...others] = [await open(), await open(), await open(), await open()];
    onTestFinished(async () => {
      for (const store of [first, ...others]) await store.close();
    });
    const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
    // Each command is sent by every server.
    const results = await Promise.all(
      numbers.flatMap((n) => {
        const request = exampleAppend(exampleId(n), { events: [exampleEvent(n)] });
        return [first, ...others].map((store) => store.events.append(request));
      }),
    );
    expect(new Set(results.map(({ kind }) => kind))).toEqual(new Set(['appended']));
    const positions = (await first.events.readAll({ after: 0, limit: 1_000 })).map(({ position }) => position);
    expect(positions).toEqual(numbers);
  });
});
