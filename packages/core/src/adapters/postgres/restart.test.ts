import { createDatabase, type PostgresServer, startPostgres } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exampleAppend, exampleEvent, exampleId } from '../../testing/builders.ts';
import { openPostgresStore } from './index.ts';

// Whoever stops a server or changes its settings needs one that is nobody else's.
let server: PostgresServer;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.remove());

/** Changes a setting of the whole server; null puts back its default. */
async function configure(name: string, value: string | null): Promise<void> {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query(value === null ? `alter system reset ${name}` : `alter system set ${name} = ${value}`);
  await client.query('select pg_reload_conf()');
  await client.end();
}

describe('a server', () => {
  it.each([
    ['is stopped', () => server.stop()],
    ['is killed', () => server.kill()],
  ])('that %s is said to be away, and goes on where it was, with all that was acknowledged', async (_, end) => {
    const database = await createDatabase(server.url);
    const store = await openPostgresStore({ connectionString: database.url });
    const first = exampleAppend(exampleId(1), { events: [exampleEvent(1)] });
    const second = exampleAppend(exampleId(2), { events: [exampleEvent(2)] });
    await store.events.append(first);
    await end();
    await expect(store.events.append(second)).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(store.checkWritable()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    await expect(openPostgresStore({ connectionString: database.url })).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
    });
    await server.start();
    expect(await store.events.append(second)).toEqual({ kind: 'appended', version: 1, position: 2 });
    expect(await store.events.append(first)).toEqual({ kind: 'appended', version: 1, position: 1 });
    expect((await store.events.readAll({ after: 0, limit: 10 })).map(({ id }) => id)).toEqual(
      [1, 2].map((n) => exampleEvent(n).id),
    );
    await store.close();
  });
});

describe('a server whose settings lose commits', () => {
  it.each(['fsync', 'full_page_writes'])('is refused: %s', async (name) => {
    await configure(name, 'off');
    await expect
      .poll(() => openPostgresStore({ connectionString: server.url }).catch((error: unknown) => error))
      .toMatchObject({
        code: 'STORE_UNSUITABLE',
        message: `the PostgreSQL server needs ${name} on, found off`,
      });
    await configure(name, null);
  });
});
