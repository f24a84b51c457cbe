import { describe, expect, test } from 'vitest';
import { APPROVED, DECLINED, NOT_SENT, startService, UNKNOWN } from '../http/service-fixture.ts';
import { createClient, ReservationsApiError } from './index.ts';
import { problem, reservation, type Script, scriptService } from './scripted-service-fixture.ts';

const REQUEST = { user_id: 'ada', amount: '10.50', currency: 'EUR' };

describe('what a server answers', () => {
  test('an approved payment is confirmed, and read by its id', async () => {
    const { server } = await startService();
    const client = createClient({ baseUrl: server.url });
    const result = await client.create(REQUEST);
    expect(result).toMatchObject({ outcome: 'confirmed', reservation: { amount: 10.5, transaction_id: 'TXN-1' } });
    expect(await client.get(result.reservationId)).toEqual(result.reservation);
  });

  test('the history of a reservation is its events', async () => {
    const { server } = await startService();
    const client = createClient({ baseUrl: server.url });
    const { reservationId } = await client.create({ ...REQUEST, reference: 'order-1', metadata: { shop: 'Berlin' } });
    expect(await client.history(reservationId)).toMatchObject([
      { version: 1, type: 'RESERVATION_CREATED', data: { user_id: 'ada', amount: 10.5 } },
      { version: 2, type: 'RESERVATION_CONFIRMED', data: { transaction_id: 'TXN-1' } },
    ]);
    expect(await client.get(reservationId)).toMatchObject({ reference: 'order-1', metadata: { shop: 'Berlin' } });
    await expect(client.history('RES-none')).rejects.toMatchObject({ code: 'reservation_not_found' });
  });

  test('the reservations that meet conditions are listed over all pages', async () => {
    const { server } = await startService();
    const client = createClient({ baseUrl: server.url });
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.push((await client.create({ ...REQUEST, reference: 'order-1' })).reservationId);
    await client.create({ ...REQUEST, user_id: 'bob' });
    const found: string[] = [];
    const options = { userId: REQUEST.user_id, reference: 'order-1', pageSize: 2 } as const;
    for await (const { reservation_id } of client.list(options)) found.push(reservation_id);
    expect(found).toEqual(made);
    const newest: string[] = [];
    for await (const { reservation_id } of client.list({ ...options, order: 'desc' })) newest.push(reservation_id);
    expect(newest).toEqual(made.toReversed());
    await expect(client.list({ pageSize: 0 }).next()).rejects.toMatchObject({ code: 'validation_failed' });
  });

  test('a declined payment is failed', async () => {
    const service = await startService();
    service.payment(DECLINED);
    expect(await createClient({ baseUrl: service.server.url }).create(REQUEST)).toMatchObject({
      outcome: 'failed',
      message: 'Insufficient funds',
    });
  });

  test('a payment that was not sent is one result, and its key makes a new reservation', async () => {
    const service = await startService();
    const client = createClient({ baseUrl: service.server.url });
    service.payment(NOT_SENT);
    const failed = await client.create(REQUEST);
    expect(failed).toMatchObject({ outcome: 'not-sent', reservation: null, retryAfterMs: expect.any(Number) });
    expect(failed.message).toContain('Nothing was charged');
    service.payment(APPROVED);
    const again = await client.create(REQUEST, { idempotencyKey: failed.idempotencyKey });
    expect(again).toMatchObject({ outcome: 'confirmed', isReplayed: false });
    expect([again.reservationId === failed.reservationId, service.charged.length]).toEqual([false, 2]);
  });

  test('an unknown outcome is pending; where it is answered as failed, the result says so', async () => {
    const pending = await startService();
    pending.payment(UNKNOWN);
    expect(await createClient({ baseUrl: pending.server.url }).create(REQUEST)).toMatchObject({
      outcome: 'pending',
      reservation: { status: 'RESERVATION_CREATED' },
    });
    const failed = await startService({ answerUnknownAs: 'failed' });
    failed.payment(UNKNOWN);
    const result = await createClient({ baseUrl: failed.server.url }).create(REQUEST);
    expect(result).toMatchObject({ outcome: 'told-failed', reservation: null });
  });

  test('a request that does not validate has its faults', async () => {
    const { server } = await startService();
    const error: unknown = await createClient({ baseUrl: server.url })
      .create({ user_id: '', amount: -1 })
      .catch((e: unknown) => e);
    expect(error).toBeInstanceOf(ReservationsApiError);
    expect(error).toMatchObject({
      code: 'validation_failed',
      status: 422,
      faults: [
        { loc: ['body', 'user_id'], type: 'string_too_short' },
        { loc: ['body', 'amount'], type: 'greater_than' },
      ],
    });
  });

  test('a key of another request, and an id that does not exist, have their codes', async () => {
    const { server } = await startService();
    const client = createClient({ baseUrl: server.url });
    await client.create(REQUEST, { idempotencyKey: 'k' });
    const other = client.create({ ...REQUEST, amount: 11 }, { idempotencyKey: 'k' });
    await expect(other).rejects.toMatchObject({ code: 'idempotency_key_reused', status: 422 });
    await expect(client.get('RES-none/..')).rejects.toMatchObject({ code: 'reservation_not_found', status: 404 });
  });
});

describe('options', () => {
  test.each(['ftp://a.test', 'a.test', '/api', 'https://u:p@a.test', 'https://a.test?b', 'https://a.test/#b', 'http:'])(
    'the base URL %s is refused',
    (baseUrl) => {
      expect(() => createClient({ baseUrl })).toThrow('baseUrl: expected an http or https URL');
    },
  );

  test.each([
    ['https://a.test', 'https://a.test/reservations/RES-1'],
    ['https://a.test/', 'https://a.test/reservations/RES-1'],
    [new URL('https://a.test:81/b/c/'), 'https://a.test:81/b/c/reservations/RES-1'],
  ])('below the base URL %s', async (baseUrl, expected) => {
    const service = scriptService(reservation(200));
    await createClient({ baseUrl, fetch: service.fetch }).get('RES-1');
    expect(service.sent[0]?.url).toBe(expected);
  });

  test.each(['timeoutMs', 'attempts', 'totalMs'])('%s has to be a whole number', (name) => {
    expect(() => createClient({ baseUrl: 'https://a.test', [name]: 0.5 })).toThrow(`${name}: expected a whole number`);
  });

  test('a key that cannot be sent is refused before anything is sent', async () => {
    const service = scriptService(reservation(200));
    const client = createClient({ baseUrl: 'https://a.test', fetch: service.fetch });
    await expect(client.create(REQUEST, { idempotencyKey: 'a b' })).rejects.toThrow('idempotencyKey: expected');
    expect(service.sent).toEqual([]);
  });
});

describe('the token', () => {
  const tokens = (script: readonly Script[], token: string | (() => string | Promise<string>)) => {
    const service = scriptService(...script);
    const client = createClient({ baseUrl: 'https://a.test', fetch: service.fetch, token });
    return { client, sent: () => service.sent.map(({ headers }) => headers.get('Authorization')) };
  };

  test('is sent with each request', async () => {
    const { client, sent } = tokens([reservation(200)], 'secret');
    await client.create(REQUEST);
    await client.get('RES-1');
    expect(sent()).toEqual(['Bearer secret', 'Bearer secret']);
  });

  test('is asked for before each request', async () => {
    let count = 0;
    const { client, sent } = tokens([problem(503, 'overloaded'), reservation(200)], async () => `t${(count += 1)}`);
    await client.create(REQUEST);
    expect(sent()).toEqual(['Bearer t1', 'Bearer t2']);
  });

  test('that cannot be had ends the call with its own error, and nothing is sent', async () => {
    const { client, sent } = tokens([reservation(200)], () => Promise.reject(new Error('no token')));
    await expect(client.create(REQUEST)).rejects.toThrow('no token');
    expect(sent()).toEqual([]);
  });

  test('that cannot be sent is not shown', async () => {
    const { client } = tokens([reservation(200)], 'se\ncret');
    const error: unknown = await client.create(REQUEST).catch((e: unknown) => e);
    expect(String(error)).toBe('TypeError: token: expected visible ASCII characters');
  });
});

describe('reading', () => {
  test('is repeated while the service takes no work', async () => {
    const service = scriptService(problem(503, 'store_unavailable'), 'lost', reservation(200));
    const client = createClient({ baseUrl: 'https://a.test', fetch: service.fetch });
    expect(await client.get('RES-1')).toMatchObject({ reservation_id: 'RES-1' });
    expect(service.sent).toHaveLength(3);
  });

  test('ends with an error of its own when there is no answer', async () => {
    const service = scriptService('lost');
    const client = createClient({ baseUrl: 'https://a.test', fetch: service.fetch, attempts: 2 });
    await expect(client.get('RES-1')).rejects.toMatchObject({ name: 'ReservationsUnreachableError' });
  });
});
