import { connect, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { createAuthority } from '@reservations/test-certificates';
import { expect, onTestFinished, test, vi } from 'vitest';
import { APPROVED, deferred, holdPayments, type Service, startService } from '../service-fixture.ts';

const READY = 'GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n';

function post(user: string): string {
  const body = JSON.stringify({ user_id: user, amount: 1 });
  return `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** A connection that stays open until the test ends its half. */
interface Client {
  readonly socket: Socket;
  /** The server has ended its half. */
  readonly ended: Promise<void>;
  /** Code of the error that the connection ended with. */
  fault(): string | null;
  /** Status, code of the problem and Connection of each answer. */
  answers(): readonly string[];
  untilAnswers(count: number): Promise<void>;
}

function open(service: Service): Client {
  const socket = connect({ port: service.server.port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const ended = deferred<void>();
  let received = '';
  let fault: string | null = null;
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', (error: NodeJS.ErrnoException) => (fault ??= error.code ?? 'unknown'));
  socket.on('end', ended.resolve);
  socket.on('close', () => ended.resolve());
  const answers = (): readonly string[] =>
    received
      .split(/(?=HTTP\/1\.1 )/)
      .filter((answer) => answer !== '')
      .map((answer) =>
        [/ (\d+) /, /"code":"(\w+)"/, /\r\nConnection: ([\w-]+)/].map((part) => part.exec(answer)?.[1] ?? '').join(' '),
      );
  return {
    socket,
    ended: ended.promise,
    fault: () => fault,
    answers,
    untilAnswers: (count) => vi.waitFor(() => expect(answers().length).toBe(count), { timeout: 20_000 }),
  };
}

/** A connection that was used once, and longer ago than the server takes for a loop of requests. */
async function openIdle(service: Service): Promise<Client> {
  const client = open(service);
  client.socket.write(READY);
  await client.untilAnswers(1);
  await pause(150);
  return client;
}

/**
 * Sends a request on a new connection until one is answered: a connection whose request arrives later than the server takes
 * it for idle is ended instead.
 */
async function sendLate(service: Service): Promise<Client> {
  for (;;) {
    const client = open(service);
    client.socket.write(post('late'));
    await Promise.race([client.untilAnswers(1), client.ended]);
    if (client.answers().length > 0) return client;
    client.socket.destroy();
  }
}

/** Writes twice: the first bytes on a connection that the server has closed are answered by a reset. */
async function writeBehindEnd({ socket }: Client, bytes: string): Promise<void> {
  socket.write(bytes);
  await pause(20);
  socket.write(bytes);
  await pause(20);
}

test('an idle connection is ended, not reset, and a request behind its end is not executed', async () => {
  const service = await startService();
  const client = await openIdle(service);
  const stopped = service.server.stop();
  await client.ended;
  await writeBehindEnd(client, post('behind'));
  expect([client.fault(), client.answers(), service.charged]).toEqual([null, ['200  keep-alive'], []]);
  client.socket.end();
  await stopped;
});

test('a connection is ended when its client closes its half, or after a time when the client does not', async () => {
  const service = await startService();
  const client = await openIdle(service);
  const closed = deferred<void>();
  client.socket.on('close', () => closed.resolve());
  const stopped = service.server.stop();
  await client.ended;
  await stopped;
  client.socket.end();
  await closed.promise;
  expect(client.answers()).toEqual(['200  keep-alive']);
});

test('idle connections are ended before the first request is refused', async () => {
  const service = await startService();
  const client = await openIdle(service);
  const { charging, end } = holdPayments(service);
  const busy = open(service);
  busy.socket.write(post('first'));
  await charging;
  const stopped = service.server.stop();
  await client.ended;
  // A request that arrives before is still taken, and would wait for the payment that is held.
  const late = await sendLate(service);
  expect([late.answers(), busy.answers()]).toEqual([['503 shutting_down close'], []]);
  end(APPROVED);
  await busy.untilAnswers(1);
  expect([busy.answers(), service.charged]).toEqual([['200  close'], ['first']]);
  for (const { socket } of [client, busy, late]) socket.end();
  await stopped;
});

test('during the drain delay an idle connection stays open, and the next answer ends it', async () => {
  const service = await startService({ drainDelayMs: 500 });
  const client = await openIdle(service);
  const stopped = service.server.stop();
  client.socket.write(post('moves'));
  await client.ended;
  expect([client.answers(), service.charged]).toEqual([['200  keep-alive', '200  close'], ['moves']]);
  client.socket.end();
  await stopped;
});

test('a new connection has time for its request, which is answered', async () => {
  const service = await startService();
  const { charging, end } = holdPayments(service);
  const busy = open(service);
  busy.socket.write(post('first'));
  await charging;
  const stopped = service.server.stop();
  await pause(150);
  const fresh = open(service);
  await pause(10);
  fresh.socket.write(READY);
  await fresh.untilAnswers(1);
  expect(fresh.answers()).toEqual(['503  close']);
  end(APPROVED);
  for (const { socket } of [busy, fresh]) socket.end();
  await stopped;
});

test('requests behind an answer that ends the connection do not reset it', async () => {
  const service = await startService({ drainDelayMs: 500 });
  const { charging, end } = holdPayments(service);
  const client = open(service);
  client.socket.write(post('first') + post('second'));
  await charging;
  const stopped = service.server.stop();
  end(APPROVED);
  await client.ended;
  await writeBehindEnd(client, post('third'));
  expect([client.fault(), client.answers(), service.charged]).toEqual([null, ['200  close'], ['first']]);
  client.socket.end();
  await stopped;
});

test('connections that the system has established are accepted, and their requests answered', async () => {
  const service = await startService();
  // In one turn of the event loop, so that none is accepted before the server stops.
  const clients = Array.from({ length: 20 }, () => open(service));
  for (const { socket } of clients) socket.write(READY);
  const stopped = service.server.stop();
  await Promise.all(clients.map(({ ended }) => ended));
  expect(clients.map((client) => [client.fault(), ...client.answers()])).toEqual(
    clients.map(() => [null, '503  close']),
  );
  for (const { socket } of clients) socket.end();
  await stopped;
});

test('a body of which half was sent when the server stops is executed if the rest comes during the delay', async () => {
  const service = await startService({ drainDelayMs: 500 });
  const client = open(service);
  client.socket.write(post('half').slice(0, -5));
  await service.request('/health/live');
  const stopped = service.server.stop();
  client.socket.write(post('half').slice(-5));
  await client.ended;
  expect([client.answers(), service.charged]).toEqual([['200  close'], ['half']]);
  client.socket.end();
  await stopped;
});

test.each([
  ['in its body', post('half').slice(0, -5)],
  ['in its headers', post('half').slice(0, 30)],
  ['in a chunked body', 'POST /reservations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{'],
])('a request that stops %s is refused, and does not hold up the end', async (_, bytes) => {
  const service = await startService({ requestTimeoutMs: 600_000 });
  const client = open(service);
  client.socket.write(bytes);
  await service.request('/health/live');
  await service.server.stop();
  await client.ended;
  expect([client.answers(), service.charged]).toEqual([['503 shutting_down close'], []]);
});

test('connections over TLS are ended and refused likewise, and those in a handshake do not hold up the end', async () => {
  const { cert, key } = createAuthority('Stopped').issue({ names: ['localhost'] });
  const tls = { current: () => ({ cert: Buffer.from(cert), key: Buffer.from(key) }), onChange: () => undefined };
  const service = await startService({ tls, requestTimeoutMs: 600_000 });
  const { port } = service.server;
  async function send(bytes: string): Promise<{ readonly received: () => string; readonly closed: Promise<void> }> {
    const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false, servername: 'localhost' });
    onTestFinished(() => void socket.destroy());
    const [sent, closed] = [deferred<void>(), deferred<void>()];
    let received = '';
    socket.on('error', (error) => (received += String(error)));
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('close', () => closed.resolve());
    socket.once('secureConnect', () => socket.write(bytes, () => sent.resolve()));
    await sent.promise;
    return { received: () => received.split('\r\n')[0] ?? '', closed: closed.promise };
  }
  const silent = connect(port, '127.0.0.1');
  onTestFinished(() => void silent.destroy());
  silent.on('error', () => undefined);
  const half = await send(post('half').slice(0, -5));
  // What was sent before is read when later requests are answered.
  const idle = await send(READY);
  await vi.waitFor(() => expect(idle.received()).toBe('HTTP/1.1 200 OK'), { timeout: 20_000 });
  await pause(150);
  await service.server.stop();
  await Promise.all([idle.closed, half.closed]);
  expect([idle.received(), half.received()]).toEqual(['HTTP/1.1 200 OK', 'HTTP/1.1 503 Service Unavailable']);
});
