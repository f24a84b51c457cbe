// A server whose role has the privileges that docs/operations.md lists, and no others.
import { readFile } from 'node:fs/promises';
import { createSubscription, followEvents } from '@reservations/core';
import { openPostgresStore } from '@reservations/core/postgres';
import { createDatabase } from '@reservations/test-postgres';
import { expect, inject, onTestFinished, test, vi } from 'vitest';
import { reserve, runHere, serve } from '../cli/cli-fixture.ts';

const PAGE = new URL('../../../../docs/operations.md', import.meta.url);
const TEST_TIMEOUT_MS = 120_000;

/** The database's address for a new role that may do what the page says. */
async function newRole(database: Awaited<ReturnType<typeof createDatabase>>): Promise<string> {
  const role = `served_${process.pid}`;
  const [, block = ''] = /<!-- grants -->\s+```sql\n([^]*?)```/.exec(await readFile(PAGE, 'utf8')) ?? [];
  expect(block).toContain('to reservations;');
  await database.query(`create role ${role} login password 'pw'`);
  onTestFinished(() => database.query(`drop owned by ${role}; drop role ${role}`).then(() => undefined));
  await database.query(
    'revoke all on schema public from public; revoke all on all functions in schema public from public',
  );
  await database.query(block.replaceAll('to reservations;', `to ${role};`));
  const url = new URL(database.url);
  [url.username, url.password] = [role, 'pw'];
  return url.href;
}

test(
  'reservations are made, shown, settled and followed with the privileges that the page lists',
  { timeout: TEST_TIMEOUT_MS },
  async () => {
    const database = await createDatabase(inject('postgresUrl'));
    onTestFinished(() => database.drop());
    expect((await runHere(['migrate', 'up', '--db', database.url])).code).toBe(0);
    const db = await newRole(database);
    const server = await serve('--db', db, '--sandbox', '--require-schema');
    expect((await fetch(`${server.url}/health/ready`)).status).toBe(200);

    const key = { 'Idempotency-Key': 'key' };
    const confirmed = (await (await reserve(server.url, 'ada', key)).json()) as Record<string, unknown>;
    expect(confirmed).toMatchObject({ status: 'RESERVATION_CONFIRMED' });
    expect(await (await reserve(server.url, 'ada', key)).json()).toEqual(confirmed);
    const declined = await reserve(server.url, 'user_decline_card_expired');
    expect(await declined.json()).toMatchObject({ status: 'RESERVATION_FAILED' });

    // The request loses three replies and ends without a verdict: settlement finds it.
    const open = (await (await reserve(server.url, 'user_charged_then_lost')).json()) as Record<string, unknown>;
    expect(open).toMatchObject({ status: 'RESERVATION_CREATED' });
    const shown = `${server.url}/reservations/${String(open['reservation_id'])}`;
    await vi.waitFor(
      async () => expect(await (await fetch(shown)).json()).toMatchObject({ status: 'RESERVATION_CONFIRMED' }),
      { timeout: TEST_TIMEOUT_MS / 2, interval: 200 },
    );

    const store = await openPostgresStore({ connectionString: db, schema: 'require' });
    onTestFinished(() => store.close());
    const types: string[] = [];
    for await (const { type } of followEvents(store)) {
      types.push(type);
      if (types.length === 7) break;
    }
    expect(types.filter((type) => type === 'RESERVATION_CREATED')).toHaveLength(3);
    const handled: number[] = [];
    const subscription = createSubscription({
      store,
      name: 'mails',
      handle: async ({ position }) => void handled.push(position),
      observer: () => undefined,
    });
    subscription.start();
    await vi.waitFor(() => expect(handled.length).toBeGreaterThanOrEqual(7), { timeout: TEST_TIMEOUT_MS / 2 });
    await subscription.stop();
    expect((await store.subscriptions.list({ limit: 10 }))[0]).toMatchObject({
      name: 'mails',
      position: handled.length,
    });

    expect((await runHere(['verify', '--db', db])).code).toBe(0);
    server.kill('SIGTERM');
    expect(await server.ended).toBe(0);
  },
);

test('a server whose role lacks a privilege does not start, and says which and where it is told', async () => {
  const database = await createDatabase(inject('postgresUrl'));
  onTestFinished(() => database.drop());
  await runHere(['migrate', 'up', '--db', database.url]);
  const db = await newRole(database);
  await database.query(`revoke insert on events from ${new URL(db).username}`);
  expect(await runHere(['--db', db, '--sandbox', '--require-schema', '--port', '0'])).toEqual({
    code: 1,
    out: '',
    err: 'reservations-server: the role of the connection may not use the store (permission denied for table events): grant it what docs/operations.md lists under "The role of the servers"',
  });
});
