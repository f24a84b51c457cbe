import { createServer, IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { type AddressInfo, connect, Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '../service-fixture.ts';
import { inTurn } from './connection-turn.ts';

/** The most that the platform reads from a connection at a time. */
const CHUNK_BYTES = 64 * 1024;

async function listen(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

test('a client that sends requests without end is not read on while the first one is handled', async () => {
  const REQUESTS = 4_000;
  const request = `GET / HTTP/1.1\r\nHost: x\r\nX-Pad: ${'x'.repeat(1_000)}\r\n\r\n`;
  const first = deferred<void>();
  let parsed = 0;
  let answered = 0;
  let waitingMost = 0;
  const turn = inTurn((_, response) => {
    void answer(response);
  });
  async function answer(response: ServerResponse): Promise<void> {
    if (answered === 0) await first.promise;
    answered += 1;
    response.end(answered === REQUESTS ? 'last' : '');
  }
  const port = await listen((incoming, response) => {
    parsed += 1;
    waitingMost = Math.max(waitingMost, parsed - answered);
    turn(incoming, response);
  });
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const done = deferred<void>();
  let tail = '';
  socket.on('data', (chunk) => {
    tail = (tail + chunk.toString('latin1')).slice(-8);
    if (tail.endsWith('last')) done.resolve();
  });
  socket.write(request.repeat(REQUESTS));
  // What is sent afterwards on other connections is answered afterwards: by then all that is read was read.
  const other = await listen((_, response) => void response.end('other'));
  for (let round = 0; round < 100; round += 1) await (await fetch(`http://127.0.0.1:${other}`)).text();
  first.resolve();
  await done.promise;
  expect([parsed, answered]).toEqual([REQUESTS, REQUESTS]);
  // Sixteen that wait, what had come with them, and what is parsed while one is answered.
  expect(waitingMost).toBeLessThan(16 + (4 * CHUNK_BYTES) / request.length);
});

test('a request waits for an answer that another handler gives, and is dropped when that one ends the connection', async () => {
  const handled: string[] = [];
  const held = deferred<void>();
  const ours = inTurn((request, response) => {
    handled.push(String(request.url));
    response.end('ours');
  });
  const port = await listen((request, response) => {
    if (!request.url?.startsWith('/theirs')) return ours(request, response);
    void answerTheirs(request.url, response);
  });
  async function answerTheirs(path: string, response: ServerResponse): Promise<void> {
    await held.promise;
    if (path === '/theirs/last') response.setHeader('Connection', 'close');
    response.end('theirs');
  }
  const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;
  const socket = connect(port, '127.0.0.1');
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString()));
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write(get('/theirs') + get('/first') + get('/theirs/last') + get('/second'));
  const probe = await fetch(`http://127.0.0.1:${port}/probe`);
  expect([await probe.text(), handled]).toEqual(['ours', ['/probe']]);
  held.resolve();
  await closed;
  expect(handled).toEqual(['/probe', '/first']);
  expect(received.match(/ours|theirs/g)).toEqual(['theirs', 'ours', 'theirs']);
});

test('a request of an injector, which has no connection, is handled at once', () => {
  const handled: string[] = [];
  const ours = inTurn((request) => void handled.push(String(request.url)));
  const request = Object.assign(new IncomingMessage(new Socket()), { url: '/injected' });
  Object.defineProperty(request, 'socket', { value: { remoteAddress: '127.0.0.1' } });
  ours(request, Object.assign(new ServerResponse(request), { req: request }));
  expect(handled).toEqual(['/injected']);
});

test('a request that waits is handled with the URL that it came with', async () => {
  const urls: unknown[] = [];
  const ours = inTurn((request, response) => {
    urls.push(request.url);
    setImmediate(() => response.end());
  });
  const port = await listen((request, response) => {
    const { url } = request;
    request.url = '/cut';
    ours(request, response);
    request.url = url ?? '';
  });
  const socket = connect(port, '127.0.0.1').resume();
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  await closed;
  expect(urls).toEqual(['/cut', '/cut']);
});
