import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { freePort } from './free-port.ts';
import { startPostgres } from './server.ts';

test('a server whose port is taken before it listens starts on another one, and keeps that one', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  onTestFinished(() => void other.close());
  const taken = (other.address() as AddressInfo).port;
  const server = await startPostgres({}, [taken]);
  onTestFinished(() => server.remove());
  const { url } = server;
  expect(Number(new URL(url).port)).not.toBe(taken);
  await server.stop();
  await server.start();
  expect(server.url).toBe(url);
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  expect((await client.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await client.end();
});

test('a free port is one that can be listened on', async () => {
  const server = createServer().listen(await freePort(), '127.0.0.1');
  await once(server, 'listening');
  server.close();
});
