import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { describe, expect, onTestFinished, test } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { parseRaw, sendRaw, type Service, startService } from '../service-fixture.ts';
import { createConnectionLimit } from './connection-limit.ts';

const GET_ROOT = 'GET / HTTP/1.1\r\nHost: x\r\n\r\n';

/** A service with one connection fewer than may be open, and what it measures. */
async function startFull(max = 2) {
  const seen = { open: -1, max: -1, refused: 0 };
  const requests = {
    begun: () => undefined,
    ended: () => undefined,
    streams: () => undefined,
    streamRefused: () => undefined,
    connections: (open: number, most: number) => void Object.assign(seen, { open, max: most }),
    connectionRefused: () => void (seen.refused += 1),
  };
  const { logger, lines } = memoryLog();
  const service = await startService({ connectionsMax: max, requests, logger });
  const held: Socket[] = [];
  for (let n = 0; n < max; n += 1) held.push(await holdOne(service));
  return { service, seen, held, lines };
}

/** A connection that was answered once and stays open. */
async function holdOne(service: Service): Promise<Socket> {
  const socket = connect(service.server.port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(GET_ROOT);
  await once(socket, 'data');
  return socket;
}

describe('a connection beyond those that may be open', () => {
  test('is told so and ended, and takes nothing from the others', async () => {
    const { service, seen, held } = await startFull();
    const { status, head, body } = parseRaw(await sendRaw(service.server.port, GET_ROOT));
    expect([status, body]).toMatchObject([503, { code: 'too_many_connections' }]);
    expect(head).toMatch(/\r\nRetry-After: 5\r\n/);
    expect(head).toMatch(/\r\nConnection: close/);
    expect(seen).toMatchObject({ max: 2, refused: 1 });
    held[0]?.write(GET_ROOT);
    const [answer] = (await once(held[0] as Socket, 'data')) as [Buffer];
    expect(answer.toString()).toMatch(/^HTTP\/1.1 200/);
  });

  test('charges nothing, and reads its answer also while it sends a body', async () => {
    const { service } = await startFull();
    const body = JSON.stringify({ user_id: 'u', amount: 1 }).padEnd(8_000_000);
    const head = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;
    expect(parseRaw(await sendRaw(service.server.port, head, body)).status).toBe(503);
    expect(service.charged).toEqual([]);
  });

  test('is answered when it asks for health, and ended', async () => {
    const { service, seen } = await startFull();
    const { status, head } = parseRaw(await sendRaw(service.server.port, GET_ROOT.replace('/', '/health/live')));
    expect([status, seen.refused]).toEqual([200, 0]);
    expect(head).toMatch(/\r\nConnection: close/);
  });

  test('is none when another one has ended', async () => {
    const { service, seen, held } = await startFull();
    held[0]?.destroy();
    await expect.poll(() => seen.open).toBe(1);
    await holdOne(service);
    expect(seen).toEqual({ open: 2, max: 2, refused: 0 });
  });
});

test('a connection beyond the limit that sends nothing is ended', async () => {
  const server = createServer((_request, response) => response.end());
  createConnectionLimit({ max: 1, meter: undefined, excessMs: 20 }).attach(server);
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const first = connect(port, '127.0.0.1');
  onTestFinished(() => void first.destroy());
  first.write(GET_ROOT);
  await once(first, 'data');
  const second = connect(port, '127.0.0.1');
  second.on('error', () => undefined).resume();
  await once(second, 'close');
  expect(first.closed).toBe(false);
});

test.each([0, 1.5, 1_000_001])('%s is no number of connections', async (connectionsMax) => {
  await expect(startService({ connectionsMax })).rejects.toMatchObject({ code: 'INVALID_OPTION' });
});

test('refused requests have few lines in the log, and one with the number of the others', async () => {
  const { service, lines } = await startFull(1);
  await Promise.all(Array.from({ length: 30 }, () => sendRaw(service.server.port, GET_ROOT)));
  const summary = (): unknown => lines().filter(({ kind }) => kind === 'requests-refused');
  await expect.poll(summary, { timeout: 10_000 }).not.toEqual([]);
  const refused = lines().filter(({ msg, status }) => msg === 'request' && status === 503);
  const summed = lines().flatMap(({ kind, requests }) => (kind === 'requests-refused' ? Number(requests) : []));
  expect(refused.length + summed.reduce((sum, each) => sum + each, 0)).toBe(30);
  expect(refused.length).toBeLessThan(30);
});
