import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { openAddress } from './address.ts';

/** Starts a server that sends its name to each client and echoes what it receives. */
async function startEcho(name: string): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.write(name);
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

async function dial(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

const hear = async (socket: Socket): Promise<unknown> => ((await once(socket, 'data')) as readonly unknown[])[0];

test('an address leads where it points, and cuts what is open when that changes', async () => {
  const [a, b, address] = [await startEcho('a'), await startEcho('b'), await openAddress()];
  address.pointTo(a);
  const toA = await dial(address.port);
  expect(await hear(toA)).toBe('a');
  const cut = once(toA, 'close');
  address.pointTo(b);
  await cut;
  const toB = await dial(address.port);
  expect(await hear(toB)).toBe('b');
  toB.destroy();
  address.pointTo(null);
  await once(await dial(address.port), 'close');
  await address.close();
});

test('what is held back arrives when it is released, and nothing before', async () => {
  const [a, address] = [await startEcho('a'), await openAddress()];
  address.pointTo(a);
  const socket = await dial(address.port);
  expect(await hear(socket)).toBe('a');
  let heard = '';
  socket.on('data', (text: string) => (heard += text));
  address.hold();
  socket.write('said while held');
  // Meanwhile the same server answers another client many times.
  const other = await dial(a);
  expect(await hear(other)).toBe('a');
  for (let turn = 0; turn < 100; turn += 1) {
    other.write('.');
    await hear(other);
  }
  expect(heard).toBe('');
  address.release();
  expect(await hear(socket)).toBe('said while held');
  other.destroy();
  await address.close();
});
