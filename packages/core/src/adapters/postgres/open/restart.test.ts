import { createDatabase, type PostgresServer, startPostgres } from '@reservations/test-postgres';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { exampleAppend, exampleEvent, exampleId } from '../../../testing/builders.ts';
import { followEvents } from '../../../feed.ts';
import type { Observation } from '../../../ports/observer.ts';
import { openPostgresStore } from '../index.ts';
import { startTestChild } from '../test-children.ts';

// Tests that stop a server or change its settings need a server of their own.
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
  test.each([
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

describe('who follows the log of a server that is stopped and started', () => {
  test.each([true, false])('goes on with what comes then, and misses nothing: notified %j', async (notify) => {
    const store = await openPostgresStore({ connectionString: server.url, notify });
    const append = async (n: number): Promise<number> => {
      const id = n + (notify ? 100 : 200);
      const result = await store.events.append(exampleAppend(exampleId(id), { events: [exampleEvent(id)] }));
      return result.kind === 'appended' ? result.position : 0;
    };
    const first = await append(1);
    const faults: Observation[] = [];
    const feed = followEvents(store, { after: first - 1, observer: (seen) => faults.push(seen) });
    expect((await feed.next()).value?.position).toBe(first);
    const second = feed.next();
    await server.stop();
    await expect.poll(() => faults.length).toBeGreaterThan(0);
    await server.start();
    expect(await append(2)).toBe(first + 1);
    expect((await second).value?.position).toBe(first + 1);
    const third = feed.next();
    await append(3);
    expect((await third).value?.position).toBe(first + 2);
    expect(faults.every(({ kind }) => kind === 'feed-fault')).toBe(true);
    await feed.return?.();
    await store.close();
  });
});

describe('a server whose settings lose commits', () => {
  test.each(['fsync', 'full_page_writes'])('is refused: %s', async (name) => {
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

describe('a store whose server is hung', () => {
  test('closes, and keeps no process alive', async () => {
    const child = startTestChild('closeWhenTold', server.url);
    onTestFinished(() => child.kill());
    expect(await child.next()).toBe('ready');
    await server.freeze();
    onTestFinished(() => server.thaw());
    child.go();
    expect(await child.next()).toBe('closed');
    expect(await child.ended()).toBe(0);
  });
});
