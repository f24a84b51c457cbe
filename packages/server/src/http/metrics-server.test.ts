import { connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { startMetricsServer } from './metrics-server.ts';

async function start(expose: () => Promise<string>) {
  const server = await startMetricsServer({ host: '127.0.0.1', port: 0, contentType: 'text/x', expose });
  onTestFinished(() => server.stop());
  return server;
}

test('metrics are answered at /metrics, and nothing else is', async () => {
  const { url } = await start(() => Promise.resolve('a 1\n'));
  const answer = await fetch(`${url}?x=1`);
  expect([answer.status, answer.headers.get('Content-Type'), await answer.text()]).toEqual([200, 'text/x', 'a 1\n']);
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, await head.text()]).toEqual([200, '']);
  expect((await fetch(new URL('/', url))).status).toBe(404);
  expect((await fetch(new URL('/reservations', url), { method: 'POST' })).status).toBe(404);
  const post = await fetch(url, { method: 'POST' });
  expect([post.status, post.headers.get('Allow')]).toEqual([405, 'GET, HEAD']);
});

test('a fault while metrics are written is an answer, and not the end of the process', async () => {
  const { url } = await start(() => Promise.reject(new Error('no metrics')));
  const answer = await fetch(url);
  expect([answer.status, await answer.text()]).toEqual([500, 'no metrics\n']);
});

test('a port that is in use is refused, with its number', async () => {
  const { url } = await start(() => Promise.resolve(''));
  const port = Number(new URL(url).port);
  const another = startMetricsServer({ host: '127.0.0.1', port, contentType: '', expose: () => Promise.resolve('') });
  await expect(another).rejects.toThrow(`cannot listen on 127.0.0.1:${port}: the port is in use`);
});

test('stopping ends connections that are idle or that never send a request', async () => {
  const server = await startMetricsServer({ host: '127.0.0.1', port: 0, contentType: '', expose: async () => '' });
  const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('connect', resolve));
  await fetch(server.url);
  await server.stop();
  await closed;
});
