import { createServer, IncomingMessage, type RequestListener, ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { type AddressInfo, connect, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { createAuthority } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';
import { deferred } from '../service-fixture.ts';
import { guardConnections } from './connection-errors.ts';
import { inTurn } from './connection-turn.ts';

/** Bytes that are parsed at a time. */
const SLICE_BYTES = 1024;

async function listen(listener: RequestListener, scheme: 'http' | 'https' = 'http'): Promise<number> {
  const server =
    scheme === 'http'
      ? createServer(listener)
      : createTlsServer(createAuthority('limits').issue({ names: ['127.0.0.1'] }), listener);
  guardConnections(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

test.each(['http', 'https'] as const)(
  'of a client that sends requests without end few are parsed over %s while the first is handled',
  async (scheme) => {
    const REQUESTS = 4_000;
    const request = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';
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
    }, scheme);
    const socket = scheme === 'http' ? connect(port, '127.0.0.1') : connectTls({ port, rejectUnauthorized: false });
    onTestFinished(() => void socket.destroy());
    const done = deferred<void>();
    let tail = '';
    socket.on('data', (chunk: Buffer) => {
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
    // Sixteen that wait, those that had come with the last of them, and one that is answered.
    expect(waitingMost).toBeLessThan(16 + 2 * Math.ceil(SLICE_BYTES / request.length));
  },
);

test('between the requests that wait on one connection those of others are handled', async () => {
  const REQUESTS = 500;
  const order: string[] = [];
  const turn = inTurn((request, response) => {
    order.push(String(request.url));
    response.end();
  });
  const port = await listen(turn);
  const socket = connect(port, '127.0.0.1').resume();
  onTestFinished(() => void socket.destroy());
  const flooded = new Promise((resolve) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => {
      received += chunk.toString();
      if ((received.match(/HTTP\/1.1 200/g)?.length ?? 0) === REQUESTS) resolve(null);
    });
  });
  const other = connect(port, '127.0.0.1').resume();
  onTestFinished(() => void other.destroy());
  await new Promise((resolve) => other.once('connect', resolve));
  socket.write('GET /flood HTTP/1.1\r\nHost: x\r\n\r\n'.repeat(REQUESTS));
  other.write('GET /other HTTP/1.1\r\nHost: x\r\n\r\n');
  await flooded;
  const at = order.indexOf('/other');
  expect(at).toBeGreaterThanOrEqual(0);
  expect(at).toBeLessThan(REQUESTS / 2);
});

test('pipelined bodies that are larger than a slice arrive whole and in order', async () => {
  const bodies = Array.from({ length: 60 }, (_, index) => `${index}:`.padEnd(100 * (index + 1), 'x'));
  const arrived: string[] = [];
  const turn = inTurn((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => void chunks.push(chunk));
    request.on('end', () => {
      arrived.push(Buffer.concat(chunks).toString());
      response.end(arrived.length === bodies.length ? 'last' : '');
    });
  });
  const port = await listen(turn);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  const done = new Promise((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes('last')) resolve(null);
    });
  });
  for (const body of bodies)
    socket.write(`POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  await done;
  expect(arrived).toEqual(bodies);
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
