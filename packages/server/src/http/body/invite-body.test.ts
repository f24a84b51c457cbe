import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { createMemoryStore } from '@reservations/core/memory';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { CLIENT_SCOPES, openApiKeys } from '../pipeline/auth-modes-fixture.ts';
import { guardConnections } from '../pipeline/connection-errors.ts';
import { type Service, startService } from '../service-fixture.ts';

const PATIENCE = { timeout: 20_000 };
const BODY = '{"user_id":"u","amount":1}';
const EXPECT = `Host: x\r\nExpect: 100-continue\r\nContent-Length: ${BODY.length}\r\n`;

interface Client {
  send(bytes: string): void;
  /** Reads the first answer, and leaves. */
  leave(): Promise<void>;
  /** Statuses so far. */
  answers(): readonly string[];
  received(): string;
  readonly closed: Promise<void>;
}

function open(port: number): Client {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1')));
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  return {
    send: (bytes) => void socket.write(bytes),
    async leave() {
      await vi.waitFor(() => expect(received).toMatch(/\}$/), PATIENCE);
      socket.end();
      await closed;
    },
    answers: () => [...received.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = '']) => status),
    received: () => received,
    closed,
  };
}

async function withKeys(): Promise<{ readonly service: Service; readonly authorization: string }> {
  const store = createMemoryStore();
  const { auth, credential } = await openApiKeys(store);
  const service = await startService({ store, auth });
  const { Authorization = '' } = await credential('shop', ...CLIENT_SCOPES);
  return { service, authorization: `Authorization: ${Authorization}\r\n` };
}

describe('a client that waits for 100 Continue', () => {
  test.each([
    ['without a credential', `POST /reservations HTTP/1.1\r\n${EXPECT}\r\n`, '401'],
    ['with a wrong one', `POST /reservations HTTP/1.1\r\n${EXPECT}Authorization: Bearer x\r\n\r\n`, '401'],
    ['at a path that there is not', `POST /nothing HTTP/1.1\r\n${EXPECT}\r\n`, '404'],
  ])('%s is refused instead', async (_, head, status) => {
    const { service } = await withKeys();
    const client = open(service.server.port);
    client.send(head);
    await client.leave();
    expect(client.answers()).toEqual([status]);
    expect(client.received()).toMatch(/\r\nConnection: close\r\n/);
  });

  test('does not need to send it or to leave: the connection ends', async () => {
    const { service } = await withKeys();
    const client = open(service.server.port);
    client.send(`POST /reservations HTTP/1.1\r\n${EXPECT}\r\n`);
    await client.closed;
    expect(client.answers()).toEqual(['401']);
  });

  test('with a malformed key or a body that is too large is not invited either', async () => {
    const { service, authorization } = await withKeys();
    for (const [headers, status] of [
      [`${EXPECT}Idempotency-Key: \u00e4\r\n`, '400'],
      [EXPECT.replace(/\d+\r\n$/, '10000000\r\n'), '413'],
    ] as const) {
      const client = open(service.server.port);
      client.send(`POST /reservations HTTP/1.1\r\n${headers}${authorization}\r\n`);
      await client.leave();
      expect(client.answers()).toEqual([status]);
    }
  });

  test('with a valid credential is invited, answered, and keeps its connection', async () => {
    const { service, authorization } = await withKeys();
    const client = open(service.server.port);
    for (const before of [[], ['100', '200']]) {
      client.send(`POST /reservations HTTP/1.1\r\n${EXPECT}${authorization}\r\n`);
      await vi.waitFor(() => expect(client.answers()).toEqual([...before, '100']), PATIENCE);
      client.send(BODY);
      await vi.waitFor(() => expect(client.answers()).toEqual([...before, '100', '200']), PATIENCE);
    }
    expect(client.received()).not.toContain('Connection: close');
    expect(service.charged).toEqual(['u', 'u']);
  });

  test('behind another request is invited in its turn', async () => {
    const { service, authorization } = await withKeys();
    const client = open(service.server.port);
    client.send(
      `GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nPOST /reservations HTTP/1.1\r\n${EXPECT}${authorization}\r\n`,
    );
    await vi.waitFor(() => expect(client.answers()).toEqual(['200', '100']), PATIENCE);
    client.send(BODY);
    await vi.waitFor(() => expect(client.answers()).toEqual(['200', '100', '200']), PATIENCE);
  });
});

test('a client that does not wait is refused once, and nothing behind its request is executed', async () => {
  const { service, authorization } = await withKeys();
  const client = open(service.server.port);
  const second = `POST /reservations HTTP/1.1\r\nHost: x\r\n${authorization}Content-Length: ${BODY.length}\r\n\r\n${BODY}`;
  client.send(`POST /reservations HTTP/1.1\r\n${EXPECT}\r\n${BODY}${second}`);
  await client.closed;
  expect([client.answers(), service.charged]).toEqual([['401'], []]);
});

test('a client of HTTP/1.0 gets no 100 Continue', async () => {
  const { service, authorization } = await withKeys();
  const client = open(service.server.port);
  client.send(`POST /reservations HTTP/1.0\r\n${EXPECT}${authorization}\r\n${BODY}`);
  await client.closed;
  expect([client.answers(), service.charged]).toEqual([['200'], ['u']]);
});

test('an expectation without a body is met at once, and the connection goes on', async () => {
  const { service } = await withKeys();
  const client = open(service.server.port);
  for (const before of [[], ['100', '200']]) {
    client.send('GET /health/live HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n');
    await vi.waitFor(() => expect(client.answers()).toEqual([...before, '100', '200']), PATIENCE);
  }
});

describe('another handler on a guarded server', () => {
  async function listen(server: Server): Promise<Client> {
    guardConnections(server);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    return open((server.address() as AddressInfo).port);
  }
  const readByEvents = (request: IncomingMessage): Promise<string> =>
    new Promise((resolve) => {
      let read = '';
      request.on('data', (chunk) => (read += String(chunk))).on('end', () => resolve(read));
    });
  const readByWebStream = (request: IncomingMessage): Promise<string> =>
    new Request('http://x', {
      method: 'POST',
      body: new ReadableStream({
        async start(controller) {
          for await (const chunk of request) controller.enqueue(chunk);
          controller.close();
        },
      }),
      duplex: 'half',
    }).text();

  test.each<[string, (request: IncomingMessage) => Promise<string>]>([
    ['by its events', readByEvents],
    ['as an iterable', text],
    ['as a stream of the web', readByWebStream],
  ])('invites the body when it reads it %s', async (_, read) => {
    const client = await listen(
      createServer((request, response) => void read(request).then((body) => response.end(body))),
    );
    client.send(`POST / HTTP/1.1\r\n${EXPECT}\r\n`);
    await vi.waitFor(() => expect(client.answers()).toEqual(['100']), PATIENCE);
    client.send(BODY);
    await vi.waitFor(() => expect(client.received()).toContain(BODY), PATIENCE);
    expect(client.answers()).toEqual(['100', '200']);
  });

  test('invites a body that it drops before it answers', async () => {
    const server = createServer((request, response) => void request.resume().on('end', () => response.end()));
    const client = await listen(server);
    client.send(`POST / HTTP/1.1\r\n${EXPECT}\r\n`);
    await vi.waitFor(() => expect(client.answers()).toEqual(['100']), PATIENCE);
    client.send(BODY);
    await vi.waitFor(() => expect(client.answers()).toEqual(['100', '200']), PATIENCE);
  });

  test('does not invite a body that it reads behind its answer', async () => {
    const server = createServer((request, response) => {
      response.setHeader('Content-Length', 2).write('{}');
      request.on('data', () => undefined).on('end', () => response.end());
    });
    const client = await listen(server);
    client.send(`POST / HTTP/1.1\r\n${EXPECT}\r\n`);
    await client.leave();
    expect(client.answers()).toEqual(['200']);
  });

  test.each(['before', 'after'])('has its own listener of checkContinue, added %s the guard', async (when) => {
    let handled = 0;
    const server = createServer((_request, response: ServerResponse) => {
      handled += 1;
      response.end();
    });
    const listener = (request: IncomingMessage, response: ServerResponse): void => {
      response.writeContinue();
      server.emit('request', request, response);
    };
    if (when === 'before') server.on('checkContinue', listener);
    const client = await listen(server);
    if (when === 'after') server.on('checkContinue', listener);
    client.send(`POST / HTTP/1.1\r\n${EXPECT}\r\n${BODY}`);
    await vi.waitFor(() => expect(client.answers()).toEqual(['100', '200']), PATIENCE);
    expect(handled).toBe(1);
  });
});
