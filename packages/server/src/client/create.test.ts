import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClient, type ReservationsClient } from './index.ts';
import {
  problem,
  reservation,
  type Script,
  type ScriptedService,
  scriptService,
  settle,
  useTestTime,
} from './scripted-service-fixture.ts';

const REQUEST = { user_id: 'ada', amount: 10.5 };
const AFTER_3_S = { 'Retry-After': '3' };

beforeEach(useTestTime);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

function start(...script: readonly Script[]): {
  readonly service: ScriptedService;
  readonly client: ReservationsClient;
} {
  const service = scriptService(...script);
  return { service, client: createClient({ baseUrl: 'https://shop.test/pay/', fetch: service.fetch, attempts: 4 }) };
}

test('a request is sent below the base URL, with a random key', async () => {
  const { service, client } = start(reservation(200));
  const result = await client.create(REQUEST);
  const [sent] = service.sent;
  expect(result).toEqual({
    outcome: 'confirmed',
    reservation: expect.objectContaining({ reservation_id: 'RES-1' }),
    reservationId: 'RES-1',
    message: 'Payment approved',
    idempotencyKey: sent?.headers.get('Idempotency-Key'),
    isReplayed: false,
  });
  expect(result.idempotencyKey).toMatch(/^[0-9a-f]{32}$/);
  expect(sent).toMatchObject({
    method: 'POST',
    url: 'https://shop.test/pay/reservations',
    body: JSON.stringify(REQUEST),
  });
  expect(sent?.headers.get('Content-Type')).toBe('application/json');
  expect((await client.create(REQUEST)).idempotencyKey).not.toBe(result.idempotencyKey);
});

test('the key of the caller is sent', async () => {
  const { service, client } = start(reservation(200));
  expect((await client.create(REQUEST, { idempotencyKey: 'order-1' })).idempotencyKey).toBe('order-1');
  expect(service.keys()).toEqual(['order-1']);
});

describe('a request is repeated with the same key and body after', () => {
  test.each<[string, Script]>([
    ['a lost connection', 'lost'],
    ['no answer in time', 'silent'],
    ['409 in progress', problem(409, 'idempotency_key_in_progress')],
    ['429', problem(429, 'a_later_code')],
    ['503 store_unavailable', problem(503, 'store_unavailable')],
    ['503 overloaded', problem(503, 'overloaded')],
    ['503 shutting_down', problem(503, 'shutting_down')],
    ['a 502 of a proxy', new Response('<h1>Bad Gateway</h1>', { status: 502 })],
    ['a 504 of a proxy', new Response('', { status: 504 })],
  ])('%s', async (_title, script) => {
    const { service, client } = start(script, script, reservation(200));
    expect(await settle(client.create(REQUEST))).toMatchObject({ outcome: 'confirmed' });
    expect(service.sent).toHaveLength(3);
    expect(service.keys()).toHaveLength(1);
    expect(new Set(service.sent.map(({ body }) => body)).size).toBe(1);
  });
});

describe('a request is not repeated after', () => {
  test.each([
    [400, 'malformed_idempotency_key'],
    [401, 'unauthenticated'],
    [403, 'insufficient_scope'],
    [408, 'request_timeout'],
    [413, 'body_too_large'],
    [422, 'validation_failed'],
    [422, 'idempotency_key_reused'],
  ])('%d %s', async (status, code) => {
    const { service, client } = start(problem(status, code, { 'Retry-After': '1' }), reservation(200));
    expect(await settle(client.create(REQUEST, { idempotencyKey: 'k' }))).toMatchObject({
      name: 'ReservationsApiError',
      message: `${code}: detail of ${code}`,
      code,
      status,
      requestId: 'r-1',
      faults: [],
      idempotencyKey: 'k',
    });
    expect(service.sent).toHaveLength(1);
  });

  test('an answer of 500, which does not say what came of it', async () => {
    const { service, client } = start(problem(500, 'internal_error'), reservation(200));
    expect(await settle(client.create(REQUEST, { idempotencyKey: 'k' }))).toMatchObject({
      name: 'ReservationOutcomeUnknownError',
      idempotencyKey: 'k',
      cause: { code: 'internal_error' },
    });
    expect(service.sent).toHaveLength(1);
  });

  test('a redirect', async () => {
    const { service, client } = start(new Response(null, { status: 301, headers: { Location: 'https://b.test' } }));
    expect(await settle(client.create(REQUEST))).toMatchObject({
      code: null,
      status: 301,
      detail: expect.stringContaining('baseUrl'),
    });
    expect(service.sent).toHaveLength(1);
  });
});

describe('pauses', () => {
  test('grow, and are at least Retry-After', async () => {
    const { service, client } = start(
      problem(503, 'overloaded', AFTER_3_S),
      problem(503, 'overloaded'),
      'lost',
      reservation(200),
    );
    await settle(client.create(REQUEST));
    expect(service.sent.map(({ pauseMs }) => pauseMs)).toEqual([0, 3_250, 500, 1_000]);
  });

  test('are shorter by up to half of what is added, by chance', async () => {
    vi.mocked(Math.random).mockReturnValue(0);
    const { service, client } = start(problem(503, 'overloaded', AFTER_3_S), reservation(200));
    await settle(client.create(REQUEST));
    expect(service.sent.map(({ pauseMs }) => pauseMs)).toEqual([0, 3_125]);
  });

  test('are at least the time to a date in Retry-After', async () => {
    vi.setSystemTime('2026-01-01T12:00:00Z');
    const date = { 'Retry-After': 'Thu, 01 Jan 2026 12:00:10 GMT' };
    const { service, client } = start(problem(503, 'overloaded', date), reservation(200));
    await settle(client.create(REQUEST));
    expect(service.sent.map(({ pauseMs }) => pauseMs)).toEqual([0, 10_250]);
  });

  test('that would end after the time of the call are not made', async () => {
    const { service, client } = start(problem(503, 'overloaded', { 'Retry-After': '3600' }), reservation(200));
    expect(await settle(client.create(REQUEST))).toMatchObject({ code: 'overloaded', retryAfterMs: 3_600_000 });
    expect([service.sent.length, performance.now() < 1_000]).toEqual([1, true]);
  });
});

describe('when the tries end', () => {
  test.each<[string, readonly Script[], object]>([
    ['without an answer, the outcome is unknown', ['lost'], { cause: { message: 'fetch failed' } }],
    ['in a time-out, too', ['silent'], { cause: { name: 'TimeoutError' } }],
    ['in a request in progress, too', [problem(409, 'idempotency_key_in_progress')], { cause: { status: 409 } }],
    ['with the store away, too', [problem(503, 'store_unavailable')], { cause: { code: 'store_unavailable' } }],
    ['in an answer that is none of the service, too', [new Response('<html>')], { cause: { code: null } }],
    [
      'in a refusal behind a lost connection, too',
      ['lost', problem(401, 'unauthenticated')],
      { cause: { status: 401 } },
    ],
    ['in an overload behind a lost connection, too', ['lost', problem(503, 'overloaded')], { cause: { status: 503 } }],
  ])('%s', async (_title, script, expected) => {
    const { client, service } = start(...script);
    expect(await settle(client.create(REQUEST))).toMatchObject({
      name: 'ReservationOutcomeUnknownError',
      idempotencyKey: service.keys()[0],
      reservationId: null,
      ...expected,
    });
    expect(service.sent.length).toBeLessThanOrEqual(4);
  });

  test('and every request was refused, it is known that none made a reservation', async () => {
    const { client, service } = start(problem(503, 'overloaded'), problem(503, 'shutting_down'), problem(429, 'later'));
    expect(await settle(client.create(REQUEST))).toMatchObject({ name: 'ReservationsApiError', code: 'later' });
    expect(service.sent).toHaveLength(4);
  });

  test('the call can go on with the key of the error', async () => {
    const { client, service } = start(
      'lost',
      'lost',
      'lost',
      'lost',
      reservation(200, {}, { 'Idempotent-Replayed': 'true' }),
    );
    const { idempotencyKey } = (await settle(client.create(REQUEST))) as { readonly idempotencyKey: string };
    expect(await client.create(REQUEST, { idempotencyKey })).toMatchObject({ outcome: 'confirmed', isReplayed: true });
    expect(service.keys()).toEqual([idempotencyKey]);
  });

  test('all of them together take no longer than the total time', async () => {
    const service = scriptService('silent');
    const client = createClient({ baseUrl: 'https://shop.test', fetch: service.fetch, totalMs: 100_000 });
    const before = performance.now();
    await settle(client.create(REQUEST));
    expect([service.sent.length, performance.now() - before]).toEqual([3, 100_000]);
  });
});

describe('the signal of the caller', () => {
  test('ends a call before anything is sent', async () => {
    const { client, service } = start(reservation(200));
    expect(await settle(client.create(REQUEST, { signal: AbortSignal.abort('gone') }))).toBe('gone');
    expect(service.sent).toEqual([]);
  });

  test('ends a call with a request under way, whose outcome is unknown', async () => {
    const { client, service } = start('silent');
    const { signal, abort } = controller();
    const ended = client.create(REQUEST, { signal }).catch((error: unknown) => error);
    await vi.waitFor(() => expect(service.sent).toHaveLength(1));
    abort('gone');
    expect(await ended).toMatchObject({ name: 'ReservationOutcomeUnknownError', cause: 'gone' });
    expect(service.sent).toHaveLength(1);
  });

  test('ends a pause', async () => {
    const { client, service } = start(problem(503, 'overloaded', { 'Retry-After': '60' }));
    const { signal, abort } = controller();
    const ended = client.create(REQUEST, { signal }).catch((error: unknown) => error);
    await vi.advanceTimersByTimeAsync(1_000);
    abort('gone');
    expect([await ended, service.sent.length, vi.getTimerCount()]).toEqual(['gone', 1, 0]);
  });
});

function controller(): { readonly signal: AbortSignal; abort(reason: unknown): void } {
  const made = new AbortController();
  return { signal: made.signal, abort: (reason) => made.abort(reason) };
}
