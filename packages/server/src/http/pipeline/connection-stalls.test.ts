import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { destroyStalled } from './connection-stalls.ts';

/** More than the buffers of the system hold. */
const LARGE = Buffer.alloc(16 * 1024 * 1024);

interface Listening {
  readonly port: number;
  /** Resolves when the first connection is closed. */
  readonly closed: Promise<unknown>;
  /** Number of open connections. */
  open(): Promise<number>;
}

async function listen(stallMs: number): Promise<Listening> {
  const server = createServer((_, response) => void response.end(LARGE));
  destroyStalled(server, { stallMs, intervalMs: 10 });
  const closed = new Promise((resolve) => {
    server.once('connection', (socket) => void socket.once('close', resolve));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const open = (): Promise<number> =>
    new Promise((resolve) => {
      server.getConnections((_, count) => resolve(count));
    });
  return { port: (server.address() as AddressInfo).port, closed, open };
}

test('the connection of a client that does not read its answer is destroyed', async () => {
  const { port, closed } = await listen(50);
  const socket = connect(port, '127.0.0.1').pause();
  onTestFinished(() => void socket.destroy());
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  await closed;
});

test('a connection without an answer under way stays, however long it is idle', async () => {
  const { port, open } = await listen(0);
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  // Several looks at the connections.
  await new Promise((resolve) => {
    setTimeout(resolve, 50);
  });
  expect(await open()).toBe(1);
});

test('a client that reads gets its whole answer', async () => {
  const { port } = await listen(30_000);
  const response = await fetch(`http://127.0.0.1:${port}`);
  expect((await response.arrayBuffer()).byteLength).toBe(LARGE.length);
});
