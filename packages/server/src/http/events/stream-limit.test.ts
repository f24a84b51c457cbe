import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import type { EndedRequest } from '../../observe/requests.ts';
import { startService } from '../service-fixture.ts';
import { openStream } from './stream-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };
const STREAM = { Accept: 'text/event-stream' };

/** A service that measures requests and streams. */
async function startMeasured(streamsMax: number) {
  const { logger, lines } = memoryLog();
  const ended: EndedRequest[] = [];
  const streams: string[] = [];
  let underWay = 0;
  const requests = {
    connections: () => undefined,
    connectionRefused: () => undefined,
    begun: () => void (underWay += 1),
    ended(request: EndedRequest) {
      underWay -= 1;
      ended.push(request);
    },
    streamRefused: () => undefined,
    streams: (open: number, max: number) => void streams.push(`${open} of ${max}`),
  };
  const service = await startService({ streamsMax, requests, logger });
  return { service, lines, ended, streams, underWay: () => underWay };
}

test('a client that closes its half of the connection still reads its stream, with comments in between', async () => {
  const { service } = await startMeasured(1);
  const stream = openStream(service.server.port, '/events');
  await stream.has(/:\n\n/);
  stream.socket.end();
  await stream.has(/:\n\n[^:]*:\n\n[^:]*:\n\n/);
  await service.post(REQUEST);
  await service.post(REQUEST);
  await stream.has(/id: 4\n/);
  expect(stream.positions()).toEqual([1, 2, 3, 4]);
});

describe('the streams that may be open', () => {
  test('are bounded over both kinds of them; beyond that a request is told to come again', async () => {
    const { service } = await startMeasured(2);
    const { body: reservation } = await service.post(REQUEST);
    const path = `/reservations/${String(reservation['reservation_id'])}/events`;
    const streams = [openStream(service.server.port, '/events'), openStream(service.server.port, path)];
    await Promise.all(streams.map((stream) => stream.has(/:\n\n/)));
    for (const each of ['/events', path]) {
      const { status, headers, body } = await service.request(each, { headers: STREAM });
      expect([status, body['code'], headers.get('retry-after')]).toEqual([503, 'too_many_streams', '10']);
      expect(headers.get('content-type')).toBe('application/json');
    }
    expect((await service.request('/events', { method: 'HEAD', headers: STREAM })).status).toBe(200);
    expect((await service.request(path)).status).toBe(200);
  });

  test('have a place again when one of them ends', async () => {
    const { service, streams } = await startMeasured(1);
    const first = openStream(service.server.port, '/events');
    await first.has(/:\n\n/);
    first.socket.destroy();
    await expect.poll(() => streams.at(-1)).toBe('0 of 1');
    const second = openStream(service.server.port, '/events');
    await second.has(/:\n\n/);
    expect(streams).toEqual(['0 of 1', '1 of 1', '0 of 1', '1 of 1']);
  });

  test('can be none', async () => {
    const { service } = await startMeasured(0);
    expect((await service.request('/events', { headers: STREAM })).status).toBe(503);
  });

  test.each([-1, 0.5, Number.NaN, 100_001])('%s is no bound', async (streamsMax) => {
    const message = `streamsMax: expected a whole number from 0 to 100000, found ${JSON.stringify(streamsMax)}`;
    await expect(startService({ streamsMax })).rejects.toMatchObject({ code: 'INVALID_OPTION', message });
  });
});

test('a stream is a request that was answered when it begins, and in the log when it ends', async () => {
  const { service, lines, ended, underWay } = await startMeasured(2);
  const { body: reservation } = await service.post(REQUEST);
  const path = `/reservations/${String(reservation['reservation_id'])}/events`;
  const streams = [openStream(service.server.port, '/events'), openStream(service.server.port, path)];
  await Promise.all(streams.map((stream) => stream.has(/:\n\n/)));
  const routes = new Set(['/reservations 200', '/events 200', '/reservations/:reservation_id/events 200']);
  const measured = (): unknown => new Set(ended.map(({ route, status }) => `${route} ${status}`));
  const logged = (): unknown =>
    new Set(
      lines().flatMap(({ msg, route, status }) => (msg === 'request' ? `${String(route)} ${String(status)}` : [])),
    );
  await expect.poll(measured).toEqual(routes);
  expect(underWay()).toBe(0);
  expect(logged()).toEqual(new Set(['/reservations 200']));
  for (const { socket } of streams) socket.destroy();
  await expect.poll(logged).toEqual(routes);
  expect(ended).toHaveLength(3);
});
