import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type TestCertificate } from '@reservations/test-certificates';
import { type PostgresServer, queryOnce, startPostgres } from '@reservations/test-postgres';
import { afterAll, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { exampleAppend, exampleId } from '../../../testing/builders.ts';
import { openPostgresStore } from '../index.ts';

const PAST = { from: Date.now() - 172_800_000, to: Date.now() - 86_400_000 };
const authority = createAuthority('authority of the database');
const stranger = createAuthority('another authority');
const NAMED = authority.issue({ names: ['localhost', '127.0.0.1'] });
const CLIENT = authority.issue({ names: ['postgres'] });

let server: PostgresServer;
let folder: string;
beforeAll(async () => {
  server = await startPostgres();
  folder = mkdtempSync(join(tmpdir(), 'reservations-postgres-tls-'));
  writeFileSync(join(folder, 'ca.pem'), authority.cert);
  writeFileSync(join(folder, 'stranger.pem'), stranger.cert);
  writeFileSync(join(folder, 'client.pem'), CLIENT.cert);
  writeFileSync(join(folder, 'client.key'), CLIENT.key, { mode: 0o600 });
  await (await openPostgresStore({ connectionString: server.url })).close();
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await server.remove();
});

/** Has PostgreSQL encrypt with this certificate from now on. */
async function present({ cert, key }: TestCertificate): Promise<void> {
  const { uid, gid } = statSync(server.directory);
  const serial = `tls-${Date.now()}-${Math.random().toString(36).slice(2)}`;
  const write = (name: string, text: string): string => {
    const path = join(server.directory, `${serial}-${name}`);
    writeFileSync(path, text, { mode: 0o600 });
    chownSync(path, uid, gid);
    return path;
  };
  const settings = {
    ssl_ca_file: write('ca.pem', authority.cert),
    ssl_cert_file: write('cert.pem', cert),
    ssl_key_file: write('key.pem', key),
    ssl: 'on',
  };
  for (const [name, value] of Object.entries(settings)) {
    await queryOnce(server.url, `alter system set ${name} = '${value}'`);
  }
  await queryOnce(server.url, 'select pg_reload_conf()');
  const shown = async (): Promise<unknown> => queryOnce(server.url, 'show ssl_cert_file');
  await expect.poll(shown).toEqual([{ ssl_cert_file: settings.ssl_cert_file }]);
}

/** The URL of the server with this host and these parameters. */
function url(host: string, parameters: Readonly<Record<string, string>>): string {
  const made = new URL(server.url);
  made.hostname = host;
  made.search = new URLSearchParams({ application_name: 'encrypted', ...parameters }).toString();
  return made.href;
}

const verified = (file = 'ca.pem') => ({ sslmode: 'verify-full', sslrootcert: join(folder, file) });

let written = 0;

/** Opens a store, writes, and returns how PostgreSQL sees its connections. */
async function connectionsOver(connectionString: string): Promise<readonly unknown[]> {
  const store = await openPostgresStore({ connectionString, notify: true });
  try {
    await store.events.append(exampleAppend(exampleId((written += 1))));
    return await queryOnce(
      server.url,
      `select distinct ssl, version, client_dn from pg_stat_ssl join pg_stat_activity using (pid)
       where application_name like 'encrypted%'`,
    );
  } finally {
    await store.close();
  }
}

test.each(['localhost', '127.0.0.1'])('a store writes over verified connections to %s', async (host) => {
  await present(NAMED);
  expect(await connectionsOver(url(host, verified()))).toEqual([{ ssl: true, version: 'TLSv1.3', client_dn: null }]);
});

test('a store shows its own certificate to PostgreSQL', async () => {
  await present(NAMED);
  const own = { sslcert: join(folder, 'client.pem'), sslkey: join(folder, 'client.key') };
  expect(await connectionsOver(url('localhost', { ...verified(), ...own }))).toEqual([
    { ssl: true, version: 'TLSv1.3', client_dn: '/CN=postgres' },
  ]);
});

test('a file of authorities that changes is used by the next connection', async () => {
  await present(NAMED);
  const file = join(folder, 'changing.pem');
  writeFileSync(file, authority.cert);
  const store = await openPostgresStore({ connectionString: url('localhost', verified('changing.pem')) });
  onTestFinished(() => store.close());
  writeFileSync(file, stranger.cert);
  await present(stranger.issue({ names: ['localhost'] }));
  const end = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'encrypted'`;
  await queryOnce(server.url, end);
  const request = exampleAppend(exampleId((written += 1)));
  // Repeated, as the engine does: the first one may still meet the connection that is being ended.
  const result = await vi.waitFor(() => store.events.append(request));
  expect(result.kind).toBe('appended');
});

describe('with verify-full there is no connection to a server', () => {
  test.each([
    ['whose authority is another one', NAMED, 'stranger.pem', /unable to verify|self-signed/],
    ['whose certificate has expired', authority.issue({ names: ['localhost'], ...PAST }), 'ca.pem', /has expired/],
    ['whose certificate has another name', authority.issue({ names: ['db.test'] }), 'ca.pem', /does not match/],
  ])('%s', async (_, identity, file, words) => {
    await present(identity);
    const opened = openPostgresStore({ connectionString: url('localhost', verified(file)) });
    onTestFinished(async () => void (await opened.catch(() => null))?.close());
    await expect(opened).rejects.toThrow(words);
  });

  test('that does not encrypt', async () => {
    await queryOnce(server.url, 'alter system set ssl = off');
    await queryOnce(server.url, 'select pg_reload_conf()');
    await expect.poll(() => queryOnce(server.url, 'show ssl')).toEqual([{ ssl: 'off' }]);
    const opened = openPostgresStore({ connectionString: url('localhost', verified()) });
    onTestFinished(async () => void (await opened.catch(() => null))?.close());
    await expect(opened).rejects.toThrow(/does not support SSL/);
  });
});
