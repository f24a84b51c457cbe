import { createMemoryStore } from '@reservations/core/memory';
import type { RecordedEvent, ReservationStore } from '@reservations/core/ports';
import { describe, expect, test } from 'vitest';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { createFetchHandler } from '../embed/fetch-handler.ts';
import { sendRaw, type Service, startService } from '../service-fixture.ts';
import { openStream } from './stream-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };
const STREAM = { Accept: 'text/event-stream' };

/** Makes reservations, each of two events. */
async function make(service: Service, count: number): Promise<readonly string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n += 1) ids.push(String((await service.post(REQUEST)).body['reservation_id']));
  return ids;
}

function oneTo(n: number): readonly number[] {
  return Array.from({ length: n }, (_, index) => index + 1);
}

describe('the stream of all events', () => {
  test('has what comes from now on, with position, type and data', async () => {
    const service = await startService();
    await make(service, 1);
    const stream = openStream(service.server.port, '/events');
    await stream.has(/\r\n:\n\n/);
    const [id] = await make(service, 1);
    await stream.has(/id: 4\n/);
    expect(stream.positions()).toEqual([3, 4]);
    const head = stream.received().split('\r\n\r\n')[0];
    expect(head).toMatch(/^HTTP\/1.1 200 /);
    for (const line of ['Content-Type: text/event-stream', 'Cache-Control: no-store', 'Connection: close']) {
      expect(head).toContain(`\r\n${line}`);
    }
    const [, event, data] = /id: 3\nevent: (.*)\ndata: (.*)\n\n/.exec(stream.received()) ?? [];
    expect([event, JSON.parse(String(data))]).toEqual([
      'RESERVATION_CREATED',
      {
        reservation_id: id,
        position: 3,
        version: 1,
        type: 'RESERVATION_CREATED',
        at: expect.any(String),
        data: { user_id: 'user_123', amount: 10.5, currency: 'EUR', reference: null, metadata: {} },
      },
    ]);
  });

  test.each([
    ['/events?after=0', {}, [1, 2, 3, 4]],
    ['/events?after=3', {}, [4]],
    ['/events', { 'Last-Event-ID': '2' }, [3, 4]],
    ['/events?after=0', { 'Last-Event-ID': '2' }, [3, 4]],
    ['/events?after=4', {}, []],
  ])('%s with %o begins behind its place', async (path, headers, expected) => {
    const service = await startService();
    await make(service, 2);
    const stream = openStream(service.server.port, path, headers);
    await stream.has(/\r\n:\n\n/);
    await make(service, 1);
    await stream.has(/id: 6\n/);
    expect(stream.positions()).toEqual([...expected, 5, 6]);
  });

  test('loses and doubles nothing between the store and what comes meanwhile', async () => {
    const inner = createMemoryStore();
    let service: Service | null = null;
    const store: ReservationStore = {
      ...inner,
      events: {
        ...inner.events,
        async readAll(range): Promise<readonly RecordedEvent[]> {
          const page = await inner.events.readAll(range);
          // Committed behind the page that is on its way.
          if (service !== null && range.limit < 200 && page.length > 0 && (await inner.events.lastPosition()) < 40)
            await make(service, 1);
          return page;
        },
      },
    };
    service = await startService({ store });
    await make(service, 4);
    const { port } = service.server;
    const streams = oneTo(3).map(() => openStream(port, '/events?after=0'));
    await Promise.all(streams.map((stream) => stream.has(/id: 10\n/)));
    await make(service, 2);
    const end = await inner.events.lastPosition();
    for (const stream of streams) {
      await stream.has(new RegExp(`id: ${end}\n`));
      expect(stream.positions()).toEqual(oneTo(end));
    }
  });

  test('is 406 for a client that does not ask for it by name', async () => {
    const service = await startService();
    for (const accept of ['*/*', 'application/json', 'text/event-stream;q=0']) {
      const { status, body } = await service.request('/events', { headers: { Accept: accept } });
      expect([status, body['code']]).toEqual([406, 'not_acceptable']);
    }
  });

  test.each([
    ['/events?after=x', {}, ['query', 'after'], 'int_parsing'],
    ['/events?after=-1', {}, ['query', 'after'], 'int_parsing'],
    ['/events?after=1', {}, ['query', 'after'], 'less_than_equal'],
    ['/events?after=0&after=0', {}, ['query', 'after'], 'value_error'],
    ['/events?since=0', {}, ['query', 'since'], 'extra_forbidden'],
    ['/events', { 'Last-Event-ID': 'x' }, ['header', 'last-event-id'], 'int_parsing'],
    ['/events', { 'Last-Event-ID': '' }, ['header', 'last-event-id'], 'int_parsing'],
    ['/events', { 'Last-Event-ID': '9' }, ['header', 'last-event-id'], 'less_than_equal'],
  ])('%s with %o is a 422', async (path, headers, loc, type) => {
    const service = await startService();
    const { status, body } = await service.request(path, { headers: { ...STREAM, ...headers } });
    expect([status, body['detail']]).toEqual([422, [{ loc, type, msg: expect.any(String) }]]);
  });

  test('is answered to HEAD without a stream', async () => {
    const service = await startService();
    const { status, headers, body } = await service.request('/events', { method: 'HEAD', headers: STREAM });
    expect([status, headers.get('content-type'), body]).toEqual([200, 'text/event-stream', {}]);
  });

  test('does not let a request behind it on the connection wait, and does not execute it', async () => {
    const service = await startService();
    const pipelined = 'GET /events HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n';
    const body = JSON.stringify(REQUEST);
    const post = `POST /reservations HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const answers = sendRaw(service.server.port, pipelined + post);
    await make(service, 1);
    await service.server.stop();
    expect(await answers).toMatch(/retry: 2000\n\n/);
    expect(service.charged).toEqual(['user_123']);
  });

  test('ends with a logged fault at an event that is damaged', async () => {
    const { logger, lines } = memoryLog();
    const inner = createMemoryStore();
    const readAll: typeof inner.events.readAll = async (range) => {
      const page = await inner.events.readAll(range);
      return page.map((event) => (event.position === 3 ? { ...event, data: {} } : event));
    };
    const service = await startService({ logger, store: { ...inner, events: { ...inner.events, readAll } } });
    await make(service, 2);
    const stream = openStream(service.server.port, '/events?after=0');
    await stream.closed;
    expect([stream.positions(), stream.received()]).toEqual([[1, 2], expect.stringMatching(/retry: 30000\n\n/)]);
    expect(lines()).toContainEqual(expect.objectContaining({ kind: 'event-stream-fault', level: 50 }));
  });
});

describe('the stream of one reservation', () => {
  test('is its history, and goes on with it alone', async () => {
    const service = await startService();
    service.payment({ kind: 'unknown', cause: 'deadline-exceeded', detail: 'no answer' });
    const [id] = await make(service, 1);
    service.payment({ kind: 'declined', message: 'no' });
    await make(service, 2);
    const stream = openStream(service.server.port, `/reservations/${id}/events`);
    const resumed = openStream(service.server.port, `/reservations/${id}/events`, { 'Last-Event-ID': '1' });
    await stream.has(/id: 2\n/);
    await make(service, 2);
    // Settlement finds out that it was declined.
    await stream.has(/event: RESERVATION_FAILED\n/);
    await resumed.has(/event: RESERVATION_FAILED\n/);
    const { body } = await service.request(`/reservations/${id}/events`);
    const positions = (body['events'] as { position: number }[]).map(({ position }) => position);
    expect(stream.positions()).toEqual(positions);
    expect(resumed.positions()).toEqual(positions.slice(1));
  });

  test('does not exist for an unknown id', async () => {
    const service = await startService();
    const { status } = await service.request('/reservations/RES-1/events', { headers: STREAM });
    expect(status).toBe(404);
  });

  test('is JSON for a client that does not ask for a stream, or prefers JSON', async () => {
    const service = await startService();
    const [id] = await make(service, 1);
    for (const accept of ['*/*', 'application/json, text/event-stream;q=0.5']) {
      const { headers } = await service.request(`/reservations/${id}/events`, { headers: { Accept: accept } });
      expect([headers.get('content-type'), headers.get('vary')]).toEqual(['application/json', 'Accept']);
    }
  });
});

describe('the end', () => {
  test('comes at once when the server stops, also to a reader that does not read', async () => {
    const service = await startService({ shutdownTimeoutMs: 60_000 });
    const reader = openStream(service.server.port, '/events?after=0');
    const idle = openStream(service.server.port, '/events?after=0');
    await Promise.all([reader.has(/:\n\n/), idle.has(/:\n\n/)]);
    idle.socket.pause();
    await service.server.stop();
    await reader.closed;
    expect(reader.received()).toMatch(/retry: 2000\n\n/);
  });

  test('comes to a Web response with its cancellation, and with drain()', async () => {
    const service = await startService();
    const { store } = service;
    let listeners = 0;
    const { onCommit } = store.events;
    const counting: ReservationStore = {
      ...store,
      events: {
        ...store.events,
        onCommit(listener) {
          const remove = onCommit(listener);
          listeners += 1;
          return () => {
            listeners -= 1;
            remove();
          };
        },
      },
    };
    const reservations = { create: fail, get: fail, history: fail, list: fail, isOverloaded: () => false };
    const handle = createFetchHandler({ reservations, store: counting, auth: 'none' });
    const open = async (): Promise<Response> => await handle(new Request('http://x/events', { headers: STREAM }));
    const [first, second] = [await open(), await open()];
    // One follower for both.
    await expect.poll(() => listeners).toBe(1);
    await first.body?.cancel();
    expect(listeners).toBe(1);
    handle.drain();
    expect(await second.text()).toBe(':\n\nretry: 2000\n\n');
    await expect.poll(() => listeners).toBe(0);
    expect(await (await open()).text()).toBe(':\n\nretry: 2000\n\n');
  });
});

test('a client that does not read costs bounded memory, and gets all when it reads', async () => {
  const service = await startService();
  const { store } = service;
  await Promise.all(oneTo(200).map(() => service.post(REQUEST)));
  let pages = 0;
  const readAll: typeof store.events.readAll = async (range) => {
    const page = await store.events.readAll(range);
    // The follower, at the end of the log, reads larger ones.
    if (range.limit < 200) pages += 1;
    const message = 'x'.repeat(10_000);
    return page.map((event) => ({ ...event, data: 'message' in event.data ? { ...event.data, message } : event.data }));
  };
  const reservations = { create: fail, get: fail, history: fail, list: fail, isOverloaded: () => false };
  const handle = createFetchHandler({
    reservations,
    auth: 'none',
    store: { ...store, events: { ...store.events, readAll } },
  });
  const response = await handle(new Request('http://x/events?after=0', { headers: STREAM }));
  let before = -1;
  await expect.poll(() => pages === before || ((before = pages), false)).toBe(true);
  expect(pages).toBeLessThan(3);
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  let text = '';
  while (!text.includes('id: 400\n')) text += Buffer.from((await reader.read()).value ?? []).toString();
  expect(Array.from(text.matchAll(/^id: (\d+)$/gm), (match) => Number(match[1]))).toEqual(oneTo(400));
  await reader.cancel();
});

function fail(): never {
  throw new Error('not asked');
}
