import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Authenticator } from '../auth/authenticator.ts';
import { parseRaw, sendRaw, startService } from './service-fixture.ts';

const refuseAll: Authenticator = () => Promise.resolve({ kind: 'refused', reason: 'missing' });
const readOnly: Authenticator = () =>
  Promise.resolve({
    kind: 'authenticated',
    principal: { kind: 'api-key', name: 'shop', scopes: ['reservations:read'] },
  });

const HUGE = 10_000_000_000;

function head(line: string, ...headers: readonly string[]): string {
  return [`${line} HTTP/1.1`, 'Host: x', 'Content-Type: application/json', ...headers, '', ''].join('\r\n');
}

/** Writes for as long as the other side reads; tells how much it has taken. */
function flood(socket: Socket): () => number {
  const chunk = Buffer.alloc(65_536, 'x');
  const write = (): void => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
  return () => socket.bytesWritten - socket.writableLength;
}

function open(port: number): { readonly socket: Socket; readonly received: () => string } {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  let received = '';
  socket.on('data', (chunk) => (received += chunk.toString('latin1'))).on('error', () => undefined);
  return { socket, received: () => received };
}

/** An error beside it is that of a client that writes on. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function answersIn(received: string): number {
  return received.match(/HTTP\/1\.1 \d{3} /g)?.length ?? 0;
}

describe('a request that is refused before its body is read', () => {
  test.each([
    ['without a credential', refuseAll, 'POST /reservations', 401],
    ['without the scope', readOnly, 'POST /reservations', 403],
    ['on an unknown path', readOnly, 'POST /nowhere', 404],
    ['with another method', readOnly, 'PUT /reservations', 405],
  ])('%s is answered once, and its body is not read without bounds', async (_, auth, line, status) => {
    const { server } = await startService({ auth });
    const { socket, received } = open(server.port);
    socket.write(head(line, `Content-Length: ${HUGE}`));
    const taken = flood(socket);
    await closed(socket);
    expect(received()).toMatch(new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*\\r\\nConnection: close\\r\\n`));
    expect(answersIn(received())).toBe(1);
    // What is read, and what the system holds of a connection in both directions.
    expect(taken()).toBeLessThan(64 * 1024 * 1024);
  });

  test('beyond its quota is answered once', async () => {
    const { server, request } = await startService({ rateLimit: '1/min' });
    await request('/reservations/RES-1');
    const { socket, received } = open(server.port);
    socket.write(head('POST /reservations', 'Transfer-Encoding: chunked') + '5\r\n{"a":');
    await closed(socket);
    expect([answersIn(received()), parseRaw(received()).status]).toEqual([1, 429]);
  });

  test('keeps its connection when a small body comes a little later', async () => {
    const { server } = await startService({ auth: refuseAll });
    const { socket, received } = open(server.port);
    socket.write(head('POST /reservations', 'Content-Length: 2'));
    await once(socket, 'connect');
    await vi.waitFor(() => expect(socket.bytesWritten).toBeGreaterThan(0));
    socket.write('{}');
    await vi.waitFor(() => expect(answersIn(received())).toBe(1));
    expect(received()).not.toMatch(/Connection: close/);
    socket.write(head('GET /health/live', 'Connection: close'));
    await closed(socket);
    expect(answersIn(received())).toBe(2);
  });

  test('is answered when its small body does not come, and ends its connection', async () => {
    const { server } = await startService({ auth: refuseAll });
    const raw = await sendRaw(server.port, head('POST /reservations', 'Content-Length: 2'));
    expect([answersIn(raw), parseRaw(raw).status]).toEqual([1, 401]);
    expect(raw).toMatch(/\r\nConnection: close\r\n/);
  });
});
