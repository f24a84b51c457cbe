import { createServer, type ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { createHandler } from '../handler.ts';
import { sendRaw } from '../service-fixture.ts';
import { createParts, originOf, postOf } from './embedded-fixture.ts';
import { stopService } from './stop-service.ts';

test('a second stop waits for the requests that the first one waits for', async () => {
  const parts = createParts();
  const handler = createHandler(parts);
  const arrived = Promise.withResolvers<ServerResponse>();
  const server = createServer((_request, response) => arrived.resolve(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const other = fetch(originOf(server));
  const response = await arrived.promise;
  const stopped = stopService({ ...parts, handler, server });
  await expect.poll(() => server.listening).toBe(false);
  const again = stopService({ ...parts, handler, server });
  expect(parts.calls).toEqual(['engine stopped']);
  response.end('other');
  expect(await (await other).text()).toBe('other');
  await Promise.all([stopped, again]);
  expect(parts.calls).toEqual(['engine stopped', 'gateway closed', 'store closed']);
});

test('a stop ends a connection whose client would keep it, once its last answer is sent', async () => {
  const parts = createParts();
  const handler = createHandler(parts);
  const arrived = Promise.withResolvers<ServerResponse>();
  const options = { keepAliveTimeout: 620_000 };
  const server = createServer(options, (_request, response) => arrived.resolve(response)).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const received = sendRaw(Number(new URL(originOf(server)).port), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  const response = await arrived.promise;
  const stopped = stopService({ ...parts, handler, server, shutdownTimeoutMs: 600_000 });
  await expect.poll(() => server.listening).toBe(false);
  response.end('other');
  expect(await received).toMatch(/other/);
  await stopped;
});

test('a stop ends other requests of the application when its time is over', async () => {
  const parts = createParts();
  const handler = createHandler(parts);
  const server = createServer(() => undefined).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const endless = fetch(originOf(server), postOf('{}'));
  await new Promise((resolve) => server.once('request', resolve));
  await stopService({ ...parts, handler, server, shutdownTimeoutMs: 50 });
  await expect(endless).rejects.toThrow('fetch failed');
  expect(parts.calls).toEqual(['engine stopped', 'gateway closed', 'store closed']);
});
