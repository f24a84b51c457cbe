import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient, type EventsOptions } from './index.ts';
import { problem, type Script, scriptService, settle, useTestTime } from './scripted-service-fixture.ts';
import { createStreamParser } from './sse.ts';

function stream(...pieces: readonly string[]): Response {
  const body = new ReadableStream({
    start(controller) {
      for (const piece of pieces) controller.enqueue(new TextEncoder().encode(piece));
      controller.close();
    },
  });
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
}

function event(position: number): string {
  const data = JSON.stringify({ reservation_id: 'RES-1', position, version: 1, type: 'T', at: 'x', data: null });
  return `id: ${position}\nevent: T\ndata: ${data}\n\n`;
}

describe('the format of a stream', () => {
  const TEXT = ':\n\nid: 1\r\ndata: a\r\ndata:b\r\n\r\n: beat\n\nretry: 30\n\nevent: T\ndata: c\n\ndata: cut off';

  test.each([1, 2, 3, 1_000])('is read in pieces of %d', (size) => {
    const parse = createStreamParser();
    const pieces = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, n) =>
      TEXT.slice(n * size, (n + 1) * size),
    );
    expect(pieces.flatMap((piece) => parse(piece))).toEqual([
      { data: 'a\nb', retryMs: null },
      { data: null, retryMs: 30 },
      { data: 'c', retryMs: null },
    ]);
  });
});

describe('events', () => {
  beforeEach(useTestTime);
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  /** Reads until there were as many events, or the iteration ends. */
  async function read(script: readonly Script[], count: number, options: EventsOptions = {}) {
    const service = scriptService(...script);
    const client = createClient({ baseUrl: 'https://shop.test/pay', fetch: service.fetch });
    const positions: number[] = [];
    const ended = await settle(
      (async () => {
        for await (const { position } of client.events(options)) if (positions.push(position) === count) break;
      })(),
    );
    const { sent } = service;
    return { positions, ended, urls: sent.map(({ url }) => url), pauses: sent.map(({ pauseMs }) => pauseMs) };
  }

  test('go on behind the last one over a new connection, after the pause that the service asks for', async () => {
    const scripts = [stream(':\n\n', event(3), event(5), 'retry: 7000\n\n'), stream(event(6) + event(7))];
    const { positions, urls, pauses } = await read(scripts, 4, { after: 2 });
    expect(positions).toEqual([3, 5, 6, 7]);
    expect(urls).toEqual(['https://shop.test/pay/events?after=2', 'https://shop.test/pay/events?after=5']);
    expect(pauses).toEqual([0, 7_250]);
  });

  test('go on after lost connections and a service that is away, with growing pauses', async () => {
    const away = problem(503, 'store_unavailable', { 'Retry-After': '5' });
    const { positions, urls, pauses } = await read(['lost', away, 'lost', stream(event(1))], 1);
    expect([positions, urls.at(-1)]).toEqual([[1], 'https://shop.test/pay/events']);
    expect(pauses).toEqual([0, 2_250, 5_500, 3_000]);
  });

  test('go on when nothing comes over a connection for 45 s', async () => {
    const silent = new Response(new ReadableStream(), { headers: { 'Content-Type': 'text/event-stream' } });
    const { positions, pauses } = await read([silent, stream(event(1))], 1);
    expect([positions, pauses]).toEqual([[1], [0, 47_250]]);
  });

  test('an event that was cut off is read again', async () => {
    const { positions, urls } = await read([stream(event(1), event(2).slice(0, -9)), stream(event(2))], 2);
    expect([positions, urls[1]]).toEqual([[1, 2], 'https://shop.test/pay/events?after=1']);
  });

  test.each([
    [problem(403, 'insufficient_scope'), { code: 'insufficient_scope' }],
    [problem(422, 'validation_failed'), { code: 'validation_failed' }],
    [new Response('<html>'), { code: null, status: 200 }],
  ])('end with an error when the service refuses', async (answer, expected) => {
    const { ended, urls } = await read([answer], 1);
    expect([ended, urls.length]).toMatchObject([{ name: 'ReservationsApiError', ...expected }, 1]);
  });

  test('end with the signal, in a stream and in a pause', async () => {
    for (const script of ['silent', 'lost'] as const) {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), 1_000);
      const { ended, urls } = await read([script], 1, { signal: controller.signal });
      expect([ended, urls.length, vi.getTimerCount()]).toEqual([undefined, 1, 0]);
    }
  });
});
