import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import type { PaymentOutcome } from '@reservations/core';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { APPROVED, deferred, holdPayments, parseRaw, sendRaw, startService } from '../service-fixture.ts';
import { guardConnections } from './connection-errors.ts';
import { inTurn } from './connection-turn.ts';

const PATIENCE = { timeout: 20_000 };
const BODY = '{"user_id":"u","amount":1}';
const POST = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Length: ${BODY.length}\r\n\r\n${BODY}`;

describe('what follows a request that is being charged', () => {
  test.each([
    ['two stray bytes', 'xx'],
    ['a request that is no HTTP', 'GET / HTTP/9.9\r\n\r\n'],
    ['headers that are too large', `GET / HTTP/1.1\r\nHost: x\r\nX-Long: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a body that breaks off', 'PUT / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nxx'],
  ])('%s is never answered in its place', async (_, bytes) => {
    const service = await startService();
    const { charging, end } = holdPayments(service);
    const raw = sendRaw(service.server.port, POST + bytes);
    await charging;
    end(APPROVED);
    const { status, head, body } = parseRaw(await raw);
    expect([status, body]).toMatchObject([200, { status: 'RESERVATION_CONFIRMED' }]);
    expect(head).toMatch(/\r\nConnection: close$/m);
  });

  test('bytes that come later are not answered in its place either', async () => {
    const service = await startService();
    const { charging, end } = holdPayments(service);
    const answer = deferred<string>();
    const socket = connect(service.server.port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString()));
    socket.on('close', () => answer.resolve(received));
    socket.write(POST);
    await charging;
    socket.write('xx');
    // What is sent afterwards arrives afterwards: when this is answered, the two bytes were read.
    await service.request('/health/live');
    end(APPROVED);
    expect((await answer.promise).split('\r\n')[0]).toBe('HTTP/1.1 200 OK');
  });

  test('all requests that arrived on the connection are answered before it ends', async () => {
    const service = await startService();
    const verdicts = [deferred<PaymentOutcome>(), deferred<PaymentOutcome>()];
    const unanswered = [...verdicts];
    service.payment(() => unanswered.shift()?.promise ?? Promise.reject(new Error('charged too often')));
    const raw = sendRaw(service.server.port, `${POST}${POST}xx`);
    for (const [index, verdict] of verdicts.entries()) {
      await vi.waitFor(() => expect(service.charged.length).toBe(index + 1), PATIENCE);
      // When a later connection is answered, the stray bytes were read.
      await service.request('/health/live');
      verdict.resolve(APPROVED);
    }
    expect((await raw).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200']);
  });
});

test('a request that arrives whole after its time is not handled behind an answer that is under way', async () => {
  const handled: string[] = [];
  const firstAnswer = deferred<ServerResponse>();
  const second = deferred<IncomingMessage>();
  const late = deferred<void>();
  const server = createServer(
    { requestTimeout: 500, headersTimeout: 500, connectionsCheckingInterval: 10 },
    inTurn((request, response) => {
      handled.push(String(request.url));
      response.write('begun ');
      firstAnswer.resolve(response);
    }),
  );
  guardConnections(server);
  server.on('request', (request) => void (request.url === '/second' && second.resolve(request)));
  server.on('clientError', () => late.resolve());
  onTestFinished(() => void server.close());
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').resume();
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.write('GET /first HTTP/1.1\r\nHost: x\r\n\r\nPOST /second HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{');
  const response = await firstAnswer.promise;
  await late.promise;
  socket.write('}');
  const request = await second.promise;
  await vi.waitFor(() => expect(request.complete).toBe(true), PATIENCE);
  response.end('and ended');
  await closed;
  expect(handled).toEqual(['/first']);
});

describe('a request that does not arrive whole', () => {
  test.each([
    ['too slowly', 'Content-Length: 50\r\n\r\n{', 408, 'request_timeout'],
    ['malformed', 'Transfer-Encoding: chunked\r\n\r\nxx\r\n', 400, 'malformed_request'],
  ])('%s is in the log with the status and the id that it was answered with', async (_, rest, status, code) => {
    const log = memoryLog();
    const service = await startService({ requestTimeoutMs: 100, logger: log.logger });
    const head = 'POST /reservations HTTP/1.1\r\nHost: x\r\nX-Request-Id: r1\r\n';
    const answer = parseRaw(await sendRaw(service.server.port, head + rest));
    expect([answer.status, answer.body]).toMatchObject([status, { code, request_id: 'r1' }]);
    await vi.waitFor(() => expect(log.lines()).toMatchObject([{ request_id: 'r1', status }]), PATIENCE);
  });
});

describe('what the platform would answer with nothing', () => {
  test.each([
    [
      'an expectation that cannot be met',
      POST.replace('Host: x', 'Host: x\r\nExpect: magic'),
      417,
      'expectation_failed',
    ],
    ['a request without a Host', 'GET /health/live HTTP/1.1\r\n\r\n', 400, 'malformed_request'],
    ['a request with two Hosts', 'GET /health/live HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400, 'malformed_request'],
    ['a tunnel', 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n', 405, 'method_not_allowed'],
  ])('%s is refused in the shape of all errors', async (_, bytes, status, code) => {
    const service = await startService();
    const answer = parseRaw(await sendRaw(service.server.port, bytes));
    expect(answer.head).toMatch(/\r\nConnection: close$/m);
    expect([answer.status, answer.body]).toEqual([
      status,
      {
        detail: expect.any(String),
        type: `urn:reservations:problem:${code}`,
        title: expect.any(String),
        status,
        instance: expect.stringMatching(/^\//),
        code,
        request_id: expect.any(String),
      },
    ]);
    expect(service.charged).toEqual([]);
  });

  test('100-continue is met', async () => {
    const service = await startService();
    const bytes = POST.replace('Host: x', 'Host: x\r\nConnection: close\r\nExpect: 100-continue');
    expect((await sendRaw(service.server.port, bytes)).match(/^HTTP\/1\.1 .*$/gm)).toEqual([
      'HTTP/1.1 100 Continue',
      'HTTP/1.1 200 OK',
    ]);
  });

  test('100-continue is met on a server that was guarded twice', async () => {
    const server = createServer((request, response) => void request.resume().on('end', () => response.end('taken')));
    guardConnections(server);
    guardConnections(server);
    onTestFinished(() => void server.close());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const head = `POST / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nConnection: close\r\nContent-Length: 2\r\n\r\n`;
    const raw = await sendRaw((server.address() as AddressInfo).port, `${head}{}`);
    expect(raw).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
    expect(raw).toContain('taken');
  });

  test('a client of HTTP/1.0 needs no Host', async () => {
    const service = await startService();
    const answer = parseRaw(await sendRaw(service.server.port, 'GET /health/live HTTP/1.0\r\n\r\n'));
    expect([answer.status, answer.body]).toEqual([200, { status: 'alive' }]);
  });
});
