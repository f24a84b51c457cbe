import { describe, expect, test } from 'vitest';
import type { PaymentOutcome } from '@reservations/core';
import { APPROVED, DECLINED, deferred, NOT_SENT, startService, UNKNOWN } from '../service-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5, currency: 'EUR' };
const RESERVATION_ID = /^RES-[0-9a-f-]{36}$/;
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UNAVAILABLE = 'Payment service temporarily unavailable. Nothing was charged; please try again later.';
const UNAVAILABLE_OR_UNKNOWN = 'Payment service temporarily unavailable. Please try again later.';

const wire = {
  reservation_id: expect.stringMatching(RESERVATION_ID),
  status: 'RESERVATION_CONFIRMED',
  transaction_id: 'TXN-1',
  message: 'Payment approved',
  user_id: 'user_123',
  amount: 10.5,
  currency: 'EUR',
  reference: null,
  metadata: {},
  created_at: expect.stringMatching(RFC_3339),
  updated_at: expect.stringMatching(RFC_3339),
  version: 2,
};

describe('POST /reservations', () => {
  test('an approved payment confirms the reservation', async () => {
    const service = await startService();
    const answer = await service.post(REQUEST);
    expect([answer.status, answer.body]).toEqual([200, wire]);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('location')).toBe(`/reservations/${String(answer.body['reservation_id'])}`);
    expect(answer.headers.has('retry-after')).toBe(false);
    expect(answer.headers.has('idempotent-replayed')).toBe(false);
    expect(service.charged).toEqual(['user_123']);
  });

  test('a declined payment is a 200 that carries the message of the payment service', async () => {
    const service = await startService();
    service.payment(DECLINED);
    const answer = await service.post(REQUEST);
    const body = { ...wire, status: 'RESERVATION_FAILED', transaction_id: null, message: 'Insufficient funds' };
    expect([answer.status, answer.body]).toEqual([200, body]);
    expect(answer.headers.has('location')).toBe(true);
  });

  test('a payment service that was not reached is a 503 that names the reservation', async () => {
    const service = await startService();
    service.payment(NOT_SENT);
    const answer = await service.post(REQUEST, { 'X-Request-Id': 'req-1' });
    const reservationId = answer.headers.get('location')?.slice('/reservations/'.length);
    expect([answer.status, answer.body]).toEqual([
      503,
      {
        detail: { reservation_id: reservationId, status: 'RESERVATION_FAILED', message: UNAVAILABLE },
        type: 'urn:reservations:problem:payment_unavailable',
        title: 'Payment Service Unavailable',
        status: 503,
        instance: '/reservations',
        code: 'payment_unavailable',
        request_id: 'req-1',
      },
    ]);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect(answer.headers.get('content-type')).toBe('application/json');
  });

  test('an unknown outcome is a 202 that tells the truth and says where to look', async () => {
    const service = await startService();
    service.payment(UNKNOWN);
    const answer = await service.post(REQUEST);
    const message = 'Payment outcome is not known yet; it is being settled';
    const body = { ...wire, status: 'RESERVATION_CREATED', transaction_id: null, message };
    expect([answer.status, answer.body]).toEqual([202, body]);
    expect(answer.headers.get('retry-after')).toBe('2');
    const shown = await service.request(String(answer.headers.get('location')));
    expect([shown.status, shown.body]).toEqual([200, answer.body]);
  });

  test('an unknown outcome is the old 503 for those who need it', async () => {
    const service = await startService({ answerUnknownAs: 'failed' });
    service.payment(UNKNOWN);
    const answer = await service.post(REQUEST);
    expect([answer.status, answer.body['detail']]).toEqual([
      503,
      {
        reservation_id: expect.stringMatching(RESERVATION_ID),
        status: 'RESERVATION_FAILED',
        message: UNAVAILABLE_OR_UNKNOWN,
      },
    ]);
    expect(answer.headers.get('retry-after')).toBe('5');
  });

  test('a reservation that was called failed is escalated when the answer is there, and shown as failed', async () => {
    const service = await startService({ answerUnknownAs: 'failed' });
    service.payment(UNKNOWN);
    const answer = await service.post(REQUEST);
    const path = String(answer.headers.get('location'));
    const id = path.slice('/reservations/'.length);
    const { reservations } = await service.store.view.list({
      by: { field: 'stage', value: 'escalated' },
      order: 'asc',
      after: null,
      limit: 2,
    });
    expect(reservations).toMatchObject([{ reservationId: id, answeredAs: 'failed' }]);
    expect(await service.store.work.gauge({ kind: 'charge' })).toMatchObject({ open: 0 });
    const { body } = await service.request(path);
    expect([body['status'], body['transaction_id']]).toEqual(['RESERVATION_FAILED', null]);
    expect(service.charged.length).toBe(1);
  });

  test('what it is about is stored and shown again, also by its key', async () => {
    const service = await startService();
    const about = { reference: 'order-4711', metadata: { shop: 'Berlin', note: 'zwei\nZeilen 🎫' } };
    const answer = await service.post({ ...REQUEST, ...about }, { 'Idempotency-Key': 'k' });
    expect([answer.status, answer.body]).toEqual([200, { ...wire, ...about }]);
    expect((await service.request(String(answer.headers.get('location')))).body).toEqual(answer.body);
    const { note, shop } = about.metadata;
    const again = await service.post({ ...REQUEST, ...about, metadata: { note, shop } }, { 'Idempotency-Key': 'k' });
    expect([again.status, again.body]).toEqual([200, answer.body]);
    const other = await service.post({ ...REQUEST, ...about, metadata: { shop } }, { 'Idempotency-Key': 'k' });
    expect([other.status, other.body['code']]).toEqual([422, 'idempotency_key_reused']);
  });

  test('a reference and metadata of null are none', async () => {
    const service = await startService();
    const { status, body } = await service.post({ ...REQUEST, reference: null, metadata: null });
    expect([status, body]).toEqual([200, wire]);
  });

  test('the currency is EUR when none is given', async () => {
    const service = await startService();
    const { body } = await service.post({ user_id: 'user_123', amount: 10.5 });
    expect(body).toEqual(wire);
  });

  test('256 characters are 256 characters, whatever their size', async () => {
    const service = await startService();
    for (const character of ['u', 'ä', '🎫']) {
      const user_id = character.repeat(256);
      const { status, body } = await service.post({ user_id, amount: 1 });
      expect([status, body['user_id']]).toEqual([200, user_id]);
    }
  });

  test('unknown fields are ignored', async () => {
    const service = await startService();
    const { status } = await service.post({ ...REQUEST, note: { constructor: [1, null] } });
    expect(status).toBe(200);
  });

  test.each([
    ['100.0', 'EUR', 100],
    ['"10.50"', 'eur', 10.5],
    ['100', 'JPY', 100],
    ['1.234', 'KWD', 1.234],
    ['9999999999999.99', 'EUR', 9_999_999_999_999.99],
    ['1e2', 'EUR', 100],
    ['0.10', 'EUR', 0.1],
    ['0.30000000000000004', 'EUR', 0.3],
    ['0.7999999999999999', 'eur', 0.8],
    ['59.97000000000001', 'USD', 59.97],
    ['0.010000000000000002', 'KWD', 0.01],
    ['10.50', 'HUF', 10.5],
    ['10.50', 'VED', 10.5],
    ['1.2345', 'CLF', 1.2345],
  ])('the amount %s %s is answered and stored to the last digit', async (amount, currency, expected) => {
    const service = await startService();
    const { status, body } = await service.post(`{"user_id":"u","amount":${amount},"currency":"${currency}"}`);
    expect([status, body['amount'], body['currency']]).toEqual([200, expected, currency.toUpperCase()]);
    const [created] = await service.store.events.readAll({ after: 0, limit: 10 });
    const { amountMinor, decimals } = (created?.data ?? {}) as { amountMinor?: number; decimals?: number };
    expect(Number(amountMinor) / 10 ** Number(decimals)).toBe(expected);
  });

  test.each(['application/json; charset=utf-8', 'application/vnd.api+json', 'APPLICATION/JSON'])(
    'the content type %s is JSON',
    async (type) => {
      const service = await startService();
      expect((await service.post(REQUEST, { 'Content-Type': type })).status).toBe(200);
    },
  );

  test('a byte order mark before the body is harmless', async () => {
    const service = await startService();
    expect((await service.post(`\uFEFF${JSON.stringify(REQUEST)}`)).status).toBe(200);
  });
});

describe('GET /reservations/{reservation_id}', () => {
  test('it shows the reservation as the POST answered it', async () => {
    const service = await startService();
    const made = await service.post(REQUEST);
    const shown = await service.request(`/reservations/${String(made.body['reservation_id'])}`);
    expect([shown.status, shown.body]).toEqual([200, made.body]);
    expect(shown.headers.has('location')).toBe(false);
  });

  test('a reservation whose payment failed is still a 200', async () => {
    const service = await startService();
    service.payment(NOT_SENT);
    const made = await service.post(REQUEST);
    const shown = await service.request(String(made.headers.get('location')));
    expect([shown.status, shown.body['status'], shown.body['message']]).toEqual([
      200,
      'RESERVATION_FAILED',
      UNAVAILABLE,
    ]);
  });

  test('an id that no reservation has is a 404', async () => {
    const service = await startService();
    const path = '/reservations/RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4';
    const { status, body } = await service.request(path, { headers: { 'X-Request-Id': 'req-1' } });
    expect([status, body]).toEqual([
      404,
      {
        detail: 'Reservation not found',
        type: 'urn:reservations:problem:reservation_not_found',
        title: 'Reservation Not Found',
        status: 404,
        instance: path,
        code: 'reservation_not_found',
        request_id: 'req-1',
      },
    ]);
  });

  test('HEAD answers as GET does, without a body', async () => {
    const service = await startService();
    const made = await service.post(REQUEST);
    const head = await service.request(String(made.headers.get('location')), { method: 'HEAD' });
    expect([head.status, head.body, head.headers.get('content-length')]).toEqual([
      200,
      {},
      String(JSON.stringify(made.body).length),
    ]);
  });
});

describe('Idempotency-Key', () => {
  test('the same key and request return the same reservation, in either form of the key', async () => {
    const service = await startService();
    const first = await service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    expect(first.headers.has('idempotent-replayed')).toBe(false);
    for (const [body, key] of [
      [REQUEST, '"key-1"'],
      ['{"currency":"eur","amount":"10.500","user_id":"user_123"}', 'key-1'],
    ] as const) {
      const again = await service.post(body, { 'Idempotency-Key': key });
      expect([again.status, again.body]).toEqual([200, first.body]);
      expect(again.headers.get('idempotent-replayed')).toBe('true');
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
    }
    expect(service.charged.length).toBe(1);
  });

  test('whose request was never sent makes a new reservation when the client tries again as it was asked to', async () => {
    const service = await startService();
    const key = { 'Idempotency-Key': 'key-1' };
    service.payment(NOT_SENT);
    const first = await service.post(REQUEST, key);
    expect([first.status, first.headers.get('retry-after')]).toEqual([503, '5']);
    service.payment(APPROVED);
    const again = await service.post(REQUEST, key);
    expect([again.status, again.body['status']]).toEqual([200, 'RESERVATION_CONFIRMED']);
    expect(again.headers.has('idempotent-replayed')).toBe(false);
    const { body } = await service.request(String(first.headers.get('location')));
    expect([body['status'], body['reservation_id']]).toEqual([
      'RESERVATION_FAILED',
      (first.body['detail'] as Record<string, unknown>)['reservation_id'],
    ]);
    expect((await service.post(REQUEST, key)).headers.get('idempotent-replayed')).toBe('true');
    expect(service.charged.length).toBe(2);
  });

  test('a replay answers with the code of the current state, and is not asked to repeat what its key brings back', async () => {
    const service = await startService({ answerUnknownAs: 'failed' });
    const key = { 'Idempotency-Key': 'key-1' };
    service.payment(UNKNOWN);
    const first = await service.post(REQUEST, { ...key, 'X-Request-Id': 'same' });
    service.payment(APPROVED);
    const again = await service.post(REQUEST, { ...key, 'X-Request-Id': 'same' });
    expect([again.status, again.body]).toEqual([503, first.body]);
    expect([first, again].map(({ headers }) => headers.get('retry-after'))).toEqual([null, null]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(service.charged.length).toBe(1);
  });

  test('a key with another request is refused and has no effect', async () => {
    const service = await startService();
    await service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    const other = await service.post({ ...REQUEST, amount: 11 }, { 'Idempotency-Key': 'key-1', 'X-Request-Id': 'r' });
    expect([other.status, other.body]).toEqual([
      422,
      {
        detail: 'This Idempotency-Key belongs to a request with another body',
        type: 'urn:reservations:problem:idempotency_key_reused',
        title: 'Idempotency-Key Reused',
        status: 422,
        instance: '/reservations',
        code: 'idempotency_key_reused',
        request_id: 'r',
      },
    ]);
    expect(service.charged.length).toBe(1);
  });

  test('the error of a sum does not make another request of it', async () => {
    const service = await startService();
    const first = await service.post({ ...REQUEST, amount: 0.1 + 0.2 }, { 'Idempotency-Key': 'key-1' });
    for (const amount of [0.1 + 0.2, 0.3, '0.30']) {
      const again = await service.post({ ...REQUEST, amount }, { 'Idempotency-Key': 'key-1' });
      expect([again.status, again.body]).toEqual([200, first.body]);
    }
    expect(service.charged.length).toBe(1);
  });

  test('a key with a request that would be refused by itself is refused for the key', async () => {
    const service = await startService();
    await service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    for (const refused of [{ amount: 10.505 }, { currency: 'XAU' }, { user_id: '' }]) {
      const answer = await service.post({ ...REQUEST, ...refused }, { 'Idempotency-Key': 'key-1' });
      expect([answer.status, answer.body['code']]).toEqual([422, 'idempotency_key_reused']);
    }
    const untyped = await service.post({ ...REQUEST, amount: true }, { 'Idempotency-Key': 'key-1' });
    expect([untyped.status, untyped.body['code']]).toEqual([422, 'validation_failed']);
    expect(service.charged.length).toBe(1);
  });

  test('a key whose first request is being processed is a 409', async () => {
    const service = await startService();
    const charging = deferred<void>();
    const verdict = deferred<PaymentOutcome>();
    service.payment(() => {
      charging.resolve();
      return verdict.promise;
    });
    const first = service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    await charging.promise;
    const second = await service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    expect([second.status, second.body['code'], second.headers.get('retry-after')]).toEqual([
      409,
      'idempotency_key_in_progress',
      '1',
    ]);
    verdict.resolve(APPROVED);
    expect((await first).headers.get('location')).toBe(second.headers.get('location'));
  });

  test('a request that does not validate leaves no trace of its key', async () => {
    const service = await startService();
    expect((await service.post({ ...REQUEST, amount: 0 }, { 'Idempotency-Key': 'key-1' })).status).toBe(422);
    const valid = await service.post(REQUEST, { 'Idempotency-Key': 'key-1' });
    expect([valid.status, valid.headers.has('idempotent-replayed')]).toEqual([200, false]);
  });

  test.each(['', 'a b', '"open', 'k'.repeat(256), 'ключ'.replaceAll(/./g, 'é'), 'a, b'])(
    'the key %j is malformed and nothing is stored',
    async (key) => {
      const service = await startService();
      const answer = await service.post(REQUEST, { 'Idempotency-Key': key });
      expect([answer.status, answer.body['code']]).toEqual([400, 'malformed_idempotency_key']);
      expect(await service.store.events.readAll({ after: 0, limit: 1 })).toEqual([]);
    },
  );

  test('a hundred requests at once with one key make one reservation', async () => {
    const service = await startService();
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => service.post(REQUEST, { 'Idempotency-Key': 'key-1' })),
    );
    expect(new Set(answers.map((answer) => answer.headers.get('location'))).size).toBe(1);
    expect(service.charged.length).toBe(1);
  });
});

describe('request ids', () => {
  test('a request id is echoed, and ties the events to the request', async () => {
    const service = await startService();
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    const answer = await service.post(REQUEST, { 'X-Request-Id': 'req-1', traceparent });
    expect(answer.headers.get('x-request-id')).toBe('req-1');
    const events = await service.store.events.readAll({ after: 0, limit: 10 });
    expect(events.map(({ metadata }) => [metadata.correlationId, metadata.traceparent])).toEqual([
      ['req-1', traceparent],
      ['req-1', traceparent],
    ]);
  });

  test('a request without a usable id gets one', async () => {
    const service = await startService();
    const answer = await service.request('/', { headers: { 'X-Request-Id': 'not usable' } });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });
});
