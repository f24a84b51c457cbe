import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReservationStore } from '../../../ports/reservation-store.ts';
import { exampleAppend, exampleEvent, exampleId } from '../../../testing/builders.ts';
import { openSqliteStore } from '../index.ts';
import { createTestDirectories } from '../test-support.ts';

const directories = createTestDirectories();
afterEach(() => directories.remove());

const stream = exampleId(1);

/** A store of three events of one stream, whose file was changed behind its back. */
async function damaged(statement: string): Promise<ReservationStore> {
  const path = await directories.newPath();
  const store = await openSqliteStore({ path });
  const events = [1, 2, 3].map((n) => exampleEvent(n));
  await store.events.append(exampleAppend(stream, { events }));
  await store.close();
  const database = new Database(path);
  expect(database.prepare(statement).run().changes).toBe(1);
  database.close();
  return await openSqliteStore({ path });
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
    const range = { after: 0, limit: 10 };
    await expect(store.events.readAll(range)).rejects.toMatchObject(fault);
    await expect(store.events.readStream(stream, range)).rejects.toMatchObject(fault);
    await expect(store.events.append(exampleAppend(stream, { commandId: 'late' }))).rejects.toMatchObject(fault);
    expect(await store.events.readAll({ after: 2, limit: 10 })).toHaveLength(1);
    await store.close();
  });

  test.each([
    ['stream', 'version 2 is missing', 'version 3', 'position 3'],
    ['log', 'position 2 is missing', 'version 3', 'position 3'],
  ])('a missing event leaves a gap in its %s', async (order, message) => {
    const store = await damaged('delete from events where version = 2');
    const range = { after: 0, limit: 10 };
    const reading = order === 'log' ? store.events.readAll(range) : store.events.readStream(stream, range);
    await expect(reading).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `${message}: the event at position 3 (stream ${stream}, version 3) stands in its place`,
    });
    await store.close();
  });

  test('a stream with a gap takes no more events', async () => {
    const store = await damaged('delete from events where version = 2');
    await expect(store.events.append(exampleAppend(stream, { expected: 3, commandId: 'next' }))).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `stream ${stream} ends at version 3 but has 2 events`,
    });
    await store.close();
  });

  test('a stream without its beginning is not begun again', async () => {
    const store = await damaged('delete from events where version = 1');
    await expect(store.events.append(exampleAppend(stream, { commandId: 'again' }))).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      message: `stream ${stream} ends at version 3 but has 2 events`,
    });
    await store.close();
  });

  test('a damaged page is a fault of the file', async () => {
    const path = await directories.newPath();
    const store = await openSqliteStore({ path });
    await store.close();
    const database = new Database(path);
    database.unsafeMode(true);
    database.pragma('writable_schema = on');
    database.exec("update sqlite_schema set rootpage = 1 where name = 'events'");
    database.close();
    await expect(openSqliteStore({ path })).rejects.toMatchObject({ code: 'STORE_CORRUPT' });
  });
});
