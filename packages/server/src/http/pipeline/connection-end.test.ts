import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { APPROVED, deferred, holdPayments, type Service, startService } from '../service-fixture.ts';

const PATIENCE = { timeout: 20_000 };
const BODY = '{"user_id":"behind","amount":1}';
const FIRST_BODY = '{"user_id":"first","amount":1}';

function post(body: string, ...headers: readonly string[]): string {
  const lines = ['POST /reservations HTTP/1.1', 'Host: x', `Content-Length: ${body.length}`, ...headers];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

const BEHIND = post(BODY);
const FIRST = post(FIRST_BODY);

/** A client that takes no notice of the server's FIN and keeps its own half open until the test ends it. */
function stubbornClient(port: number): {
  readonly socket: Socket;
  readonly received: () => string;
  readonly closed: Promise<void>;
} {
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  onTestFinished(() => void socket.destroy());
  const closed = deferred<void>();
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  socket.on('error', () => undefined);
  socket.on('end', () => closed.resolve());
  socket.on('close', () => closed.resolve());
  return { socket, received: () => received, closed: closed.promise };
}

function statuses(received: string): readonly number[] {
  return [...received.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
}

/** When later connections are answered, the server has read what came before. */
async function settle(service: Service): Promise<void> {
  for (let round = 0; round < 5; round += 1) await service.request('/health/live');
}

async function createdUsers(service: Service): Promise<readonly unknown[]> {
  const events = await service.store.events.readAll({ after: 0, limit: 100 });
  return events.flatMap(({ type, data }) =>
    type === 'RESERVATION_CREATED' ? [(data as { userId?: unknown }).userId] : [],
  );
}

const CLOSING = [
  ['a body that is too large', post('x'.repeat(200)), 413, []],
  [
    'a chunked body that is too large',
    `POST /reservations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nc8\r\n${'x'.repeat(200)}\r\n0\r\n\r\n`,
    413,
    [],
  ],
  ['an expectation that cannot be met', post(FIRST_BODY, 'Expect: magic'), 417, []],
  ['a POST without a Host', FIRST.replace('Host: x\r\n', ''), 400, []],
  ['a GET without a Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400, []],
  ['a POST with two Hosts', FIRST.replace('Host: x', 'Host: x\r\nhost: y'), 400, []],
  ['a request that is no HTTP', 'GET / HTTP/9.9\r\n\r\n', 400, []],
  ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`, 431, []],
  ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405, []],
  ['a body that breaks off', 'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxx\r\n', 400, []],
  ['a client that closes after it', post(FIRST_BODY, 'Connection: close'), 200, ['first']],
  ['a GET of a client that closes after it', 'GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 200, []],
  ['a POST of HTTP/1.0', FIRST.replace('HTTP/1.1', 'HTTP/1.0'), 200, ['first']],
  ['a GET of HTTP/1.0', 'GET /health/live HTTP/1.0\r\n\r\n', 200, []],
] as const;

describe('a request behind the end of its connection is not executed', () => {
  test.each(CLOSING)('in the same bytes as %s', async (_, first, status, users) => {
    const service = await startService({ bodyLimitBytes: 100 });
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.write(first + BEHIND + BEHIND);
    await closed;
    await settle(service);
    expect([statuses(received()), service.charged, await createdUsers(service)]).toEqual([[status], users, users]);
  });

  test.each(CLOSING)('sent after the answer to %s', async (_, first, status, users) => {
    const service = await startService({ bodyLimitBytes: 100 });
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.once('data', () => socket.write(BEHIND));
    socket.write(first);
    await closed;
    await settle(service);
    expect([statuses(received()), service.charged, await createdUsers(service)]).toEqual([[status], users, users]);
  });

  test('when it arrives while the first one is charged, and the server begins to drain', async () => {
    const service = await startService({ drainDelayMs: 1_000 });
    const { charging, end } = holdPayments(service);
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.write(FIRST + BEHIND);
    await charging;
    const stopped = service.server.stop();
    end(APPROVED);
    await closed;
    expect([statuses(received()), service.charged]).toEqual([[200], ['first']]);
    await stopped;
  });

  test('when the first one did not arrive in time, and its end follows', async () => {
    const service = await startService({ requestTimeoutMs: 100 });
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.once('data', () => socket.write(FIRST.slice(-1) + BEHIND));
    socket.write(FIRST.slice(0, -1));
    await closed;
    await settle(service);
    expect([statuses(received()), service.charged, await createdUsers(service)]).toEqual([[408], [], []]);
  });

  test('when the client resets the connection while the first one is charged', async () => {
    const service = await startService();
    const { charging, end } = holdPayments(service);
    const { socket } = stubbornClient(service.server.port);
    socket.write(FIRST + BEHIND);
    await charging;
    socket.resetAndDestroy();
    await settle(service);
    end(APPROVED);
    await vi.waitFor(async () => expect((await service.store.work.gauge({ kind: 'charge' })).open).toBe(0), PATIENCE);
    await settle(service);
    expect([service.charged, await createdUsers(service)]).toEqual([['first'], ['first']]);
  });
});

describe('requests on one connection', () => {
  test('are handled one after the other, and answered in their order', async () => {
    const service = await startService();
    const { charging, end } = holdPayments(service);
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.write(FIRST + BEHIND + post(BODY, 'Connection: close'));
    await charging;
    await settle(service);
    expect([service.charged, await createdUsers(service)]).toEqual([['first'], ['first']]);
    end(APPROVED);
    await closed;
    expect(statuses(received())).toEqual([200, 200, 200]);
    expect(received().match(/"user_id":"\w+"/g)).toEqual(
      ['first', 'behind', 'behind'].map((user) => `"user_id":"${user}"`),
    );
    expect(service.charged).toEqual(['first', 'behind', 'behind']);
  });

  test('go on behind an offer to upgrade, which is not taken', async () => {
    const service = await startService();
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.once('data', () => socket.write(post(BODY, 'Connection: close')));
    socket.write(post(FIRST_BODY, 'Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk'));
    await closed;
    expect([statuses(received()), service.charged]).toEqual([
      [200, 200],
      ['first', 'behind'],
    ]);
  });

  test('in the same bytes as an offer to upgrade are executed only if they are answered', async () => {
    const service = await startService();
    const { socket, received } = stubbornClient(service.server.port);
    socket.write(post(FIRST_BODY, 'Connection: Upgrade', 'Upgrade: websocket') + BEHIND);
    await vi.waitFor(() => expect(statuses(received())).not.toEqual([]), PATIENCE);
    await settle(service);
    await vi.waitFor(() => expect(statuses(received()).length).toBe(service.charged.length), PATIENCE);
  });
});

describe('a client that closes its half of the connection', () => {
  test('is answered when its request has arrived', async () => {
    const log = memoryLog();
    const service = await startService({ logger: log.logger });
    const { charging, end } = holdPayments(service);
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.end(FIRST + BEHIND);
    await charging;
    await settle(service);
    end(APPROVED);
    await closed;
    expect([statuses(received()), service.charged]).toEqual([
      [200, 200],
      ['first', 'behind'],
    ]);
    const lines = log.lines().filter(({ route }) => route === '/reservations');
    expect(lines).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  test.each([
    ['in a body', FIRST.slice(0, -1), [400]],
    ['in a chunked body', 'POST /reservations HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{', [400]],
    ['in the headers', 'POST /reservations HTTP/1.1\r\nHost:', [400]],
    ['before it asked for anything', '', []],
    ['in a body that is too large', post('x'.repeat(200)).slice(0, -1), [413]],
  ])('%s does not linger, and leaves no trace of what is incomplete', async (_, bytes, expected) => {
    const service = await startService({ bodyLimitBytes: 100, requestTimeoutMs: 600_000 });
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.end(bytes);
    await closed;
    await settle(service);
    expect([statuses(received()), service.charged, await createdUsers(service)]).toEqual([expected, [], []]);
  });

  test('in a body behind a request that is charged gets the answer to that one', async () => {
    const service = await startService({ requestTimeoutMs: 600_000 });
    const { charging, end } = holdPayments(service);
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.end(FIRST + BEHIND.slice(0, -1));
    await charging;
    await settle(service);
    end(APPROVED);
    await closed;
    await settle(service);
    expect([statuses(received()), service.charged]).toEqual([[200], ['first']]);
  });

  test('after its answer ends the connection', async () => {
    const service = await startService();
    const { socket, received, closed } = stubbornClient(service.server.port);
    socket.once('data', () => socket.end());
    socket.write(FIRST);
    await closed;
    expect(statuses(received())).toEqual([200]);
  });
});
