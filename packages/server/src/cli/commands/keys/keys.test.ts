import { openSqliteStore } from '@reservations/core/sqlite';
import { expect, test, vi } from 'vitest';
import { runHere, serve, temporaryFile } from '../../cli-fixture.ts';
import { createDatabaseFixture, START } from '../../database-fixture.ts';

async function created(
  db: string,
  ...args: readonly string[]
): Promise<{ readonly key: string; readonly prefix: string }> {
  const { code, out, err } = await runHere(['keys', 'create', '--db', db, '--json', ...args]);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as { readonly key: string; readonly prefix: string };
}

const SHOP = ['--name', 'shop', '--scopes', 'reservations:read,reservations:write'];

test('a key is printed once; the list shows its prefix, and the database holds neither', async () => {
  const { path } = await createDatabaseFixture();
  const { code, out } = await runHere(['keys', 'create', '--db', path, ...SHOP, '--expires', '2027-01-31']);
  const [key = ''] = out.split('\n');
  expect([code, key]).toEqual([0, expect.stringMatching(/^rsv_[0-9a-z]{8}_[\w-]{43}$/)]);
  const prefix = key.slice(0, 12);
  expect(out).toBe(
    `${key}\n\nA key of shop for reservations:write, reservations:read. Keep it now: it is not shown again. ` +
      `It expires at 2027-01-31T00:00:00.000Z; keys revoke ${prefix} ends it.`,
  );
  expect((await runHere(['keys', 'list', '--db', path])).out).toBe(
    'PREFIX        NAME  STATE   CREATED     EXPIRES                   LAST USED  SCOPES\n' +
      `${prefix}  shop  active  2026-01-02  2027-01-31T00:00:00.000Z  -          reservations:write,reservations:read`,
  );
  const store = await openSqliteStore({ path, exclusive: false });
  expect(JSON.stringify(await store.apiKeys.list({ after: null, limit: 10 }))).not.toContain(key.slice(13));
  await store.close();
});

test('a key is revoked once, and the list keeps it', async () => {
  const { path } = await createDatabaseFixture();
  const { prefix } = await created(path, ...SHOP);
  const revoke = (...args: readonly string[]) => runHere(['keys', 'revoke', prefix, '--db', path, ...args]);
  expect((await revoke()).out).toBe(`${prefix} is revoked. Running servers refuse it within five seconds.`);
  expect((await revoke()).out).toBe(`${prefix} was revoked already, at 2026-01-02T03:05:05.000Z.`);
  expect(JSON.parse((await revoke('--json')).out)).toEqual({ prefix, result: 'unchanged' });
  vi.setSystemTime(START + 120_000);
  expect(JSON.parse((await runHere(['keys', 'list', '--db', path, '--json'])).out)).toEqual({
    keys: [
      {
        prefix,
        name: 'shop',
        scopes: ['reservations:write', 'reservations:read'],
        state: 'revoked',
        created_at: '2026-01-02T03:05:05.000Z',
        expires_at: null,
        revoked_at: '2026-01-02T03:05:05.000Z',
        last_used_on: null,
      },
    ],
  });
  expect(await runHere(['keys', 'revoke', 'rsv_00000000', '--db', path])).toMatchObject({ code: 1, out: '' });
});

test.each([
  [['--scopes', 'ops:read'], '--name: '],
  [['--name', 'shop'], '--scopes: '],
  [['--name', 'two words', '--scopes', 'ops:read'], '--name: '],
  [['--name', 'shop', '--scopes', 'everything'], '--scopes: '],
  [['--name', 'shop', '--scopes', 'ops:read', '--expires', '2026-02-30'], '--expires: '],
  [['--name', 'shop', '--scopes', 'ops:read', '--expires', '2025-12-31'], '--expires: expected a time to come'],
])('keys create %j is refused', async (args, fault) => {
  const { path } = await createDatabaseFixture();
  const { code, out, err } = await runHere(['keys', 'create', '--db', path, ...args]);
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(fault)]);
  expect((await runHere(['keys', 'list', '--db', path])).out).toBe('There are no API keys.');
});

test('a key that stands where something else should is not printed', async () => {
  const { path } = await createDatabaseFixture();
  const { key } = await created(path, ...SHOP);
  for (const args of [
    ['keys', 'revoke', key, '--db', path],
    ['keys', 'list', key, '--db', path],
    ['config', 'print', '--auth', key],
    ['config', 'print', '--host', key, '--auth', 'none'],
    ['--auth', key],
    ['doctor', '--auth', key],
  ]) {
    const { out, err } = await runHere(args);
    expect(out + err).not.toContain(key.slice(13));
  }
});

test('a running server takes a key that is made beside it', async () => {
  const db = await temporaryFile('served.db');
  const { url } = await serve('--sandbox', '--db', db, '--auth', 'api-key');
  const status = async (headers: Record<string, string>): Promise<number> =>
    (await fetch(`${url}/reservations/RES-1`, { headers })).status;
  expect(await status({})).toBe(401);
  const { key } = await created(db, ...SHOP);
  expect(await status({ Authorization: `Bearer ${key}` })).toBe(404);
});
