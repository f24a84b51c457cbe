import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';
import { createTestSchemas, schemaOf, type TestSchemas } from '../test-support.ts';

let schemas: TestSchemas;
beforeAll(async () => {
  schemas = await createTestSchemas(inject('postgresUrl'));
});
afterAll(() => schemas.database.drop());

const stream = exampleId(1);
const range = { after: 0, limit: 10 };

/** A store of three events of one stream, whose table was changed behind its back. */
async function damaged(statement: string): Promise<ReservationStore> {
  const connectionString = await schemas.newSchema();
  const schema = schemaOf(connectionString);
  const store = await openPostgresStore({ connectionString });
  onTestFinished(() => store.close());
  const events = [1, 2, 3].map((n) => exampleEvent(n));
  await store.events.append(exampleAppend(stream, { events }));
  const changed = await schemas.database.query(`set search_path = ${schema}; ${statement} returning version`);
  expect(changed).toHaveLength(1);
  return store;
}

const named = `the event at position 2 (stream ${stream}, version 2)`;

describe('a damaged event is found, and named by its place', () => {
  test.each([
    ["data = replace(data, '1050', '1051')"],
    ["metadata = replace(metadata, 'request-2', 'request-3')"],
    ["type = 'RESERVATION_CREATEE'"],
    ['schema_version = 2'],
    ["command_id = 'another'"],
    [`id = '${exampleEvent(9).id}'`],
    ['checksum = checksum + 1'],
  ])('%s', async (change) => {
    const store = await damaged(`update events set ${change} where version = 2`);
    const fault = { code: 'STORE_CORRUPT', message: `${named} does not match its checksum` };
    await expect(store.events.readAll(range)).rejects.toMatchObject(fault);
    await expect(store.events.readStream(stream, range)).rejects.toMatchObject(fault);
    await expect(store.events.append(exampleAppend(stream, { commandId: 'late' }))).rejects.toMatchObject(fault);
    expect(await store.events.readAll({ after: 2, limit: 10 })).toHaveLength(1);
  });

  test('a changed position', async () => {
    const store = await damaged('update events set position = 4294967299 where version = 3');
    await expect(store.events.readStream(stream, range)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `the event at position 4294967299 (stream ${stream}, version 3) does not match its checksum`,
    });
  });

  test('a stream with a gap is not read, and takes no more events, while others go on', async () => {
    const store = await damaged('delete from events where version = 2');
    await expect(store.events.readAll(range)).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `position 2 is missing: the event at position 3 (stream ${stream}, version 3) stands in its place`,
    });
    const outcomes = await Promise.allSettled([
      store.events.append(exampleAppend(stream, { expected: 3, commandId: 'next' })),
      store.events.append(exampleAppend(exampleId(2))),
    ]);
    expect(outcomes).toMatchObject([
      {
        status: 'rejected',
        reason: { code: 'STORE_CORRUPT', message: `stream ${stream} ends at version 3 but has fewer events` },
      },
      { status: 'fulfilled', value: { kind: 'appended', version: 1, position: 4 } },
    ]);
  });

  test('fails no other stream that is read in the same turn', async () => {
    const store = await damaged("update events set data = replace(data, '1050', '1051') where version = 2");
    await store.events.append(exampleAppend(exampleId(2)));
    const [one, other] = await Promise.allSettled([
      store.events.readStream(stream, range),
      store.events.readStream(exampleId(2), range),
    ]);
    expect(one).toMatchObject({ status: 'rejected', reason: { code: 'STORE_CORRUPT' } });
    expect(other).toMatchObject({ status: 'fulfilled', value: [{ stream: exampleId(2), version: 1 }] });
  });
});
