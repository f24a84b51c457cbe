import { describe, expect, test } from 'vitest';
import { DECLINED, startService, UNKNOWN } from '../service-fixture.ts';
import { toWireEvent } from './wire.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };
const AT = expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/);

describe('the history of a reservation', () => {
  test('is all of its events, in the terms of the API', async () => {
    const service = await startService();
    await service.post(REQUEST);
    const { headers } = await service.post({ ...REQUEST, reference: 'order-7', metadata: { table: '4' } });
    const path = `${String(headers.get('location'))}/events`;
    const { status, headers: answered, body } = await service.request(path);
    expect([status, answered.get('cache-control')]).toEqual([200, 'private, no-cache']);
    expect(body).toEqual({
      reservation_id: path.split('/')[2],
      events: [
        {
          position: 3,
          version: 1,
          type: 'RESERVATION_CREATED',
          at: AT,
          data: { user_id: 'user_123', amount: 10.5, currency: 'EUR', reference: 'order-7', metadata: { table: '4' } },
        },
        {
          position: 4,
          version: 2,
          type: 'RESERVATION_CONFIRMED',
          at: AT,
          data: { transaction_id: 'TXN-1', message: expect.any(String), decided_by: 'payment-service' },
        },
      ],
    });
  });

  test.each([
    [DECLINED, 'RESERVATION_FAILED', { reason: 'declined', decided_by: 'payment-service' }],
    [UNKNOWN, 'PAYMENT_UNRESOLVED', { answered_as: 'pending' }],
  ])('says how a payment ended: %o', async (outcome, type, data) => {
    const service = await startService();
    service.payment(outcome);
    const { headers } = await service.post(REQUEST);
    const { body } = await service.request(`${String(headers.get('location'))}/events`);
    expect(body['events']).toMatchObject([{ version: 1 }, { version: 2, type, data }]);
  });

  test('does not exist for an unknown id', async () => {
    const service = await startService();
    const { status, body } = await service.request('/reservations/RES-1/events');
    expect([status, body['code']]).toEqual([404, 'reservation_not_found']);
  });
});

describe('an event', () => {
  const RECORDED = { position: 7, version: 2, metadata: { recordedAt: '2026-01-01T12:00:00.000Z' } } as never;

  test('does not show who decided, why, or a charge that is not settled', () => {
    const at = '2026-01-01T11:59:59.000Z';
    const decidedBy = { kind: 'operator', actor: 'ann', reason: 'saw the statement' } as const;
    const shown = [
      { type: 'RESERVATION_CONFIRMED', data: { transactionId: 'T', message: 'm', decidedBy, at } },
      { type: 'RESERVATION_FAILED', data: { reason: 'found-not-charged', message: 'm', decidedBy, at } },
      {
        type: 'PAYMENT_ESCALATED',
        data: { reason: 'charged-after-failed-answer', detail: 'db-7 down', transactionId: 'T-9', at },
      },
      { type: 'PAYMENT_UNRESOLVED', data: { cause: 'cancelled', detail: 'db-7 down', answeredAs: 'pending', at } },
    ].map((event) => JSON.stringify(toWireEvent({ ...(RECORDED as object), type: event.type, event } as never)));
    expect(shown.join()).toContain('"decided_by":"operator"');
    expect(shown.join()).not.toMatch(/ann|statement|db-7|T-9/);
  });

  test('of a later release is shown without its data', () => {
    expect(toWireEvent({ ...(RECORDED as object), type: 'SEAT_CHANGED', event: null } as never)).toEqual({
      position: 7,
      version: 2,
      type: 'SEAT_CHANGED',
      at: '2026-01-01T12:00:00.000Z',
      data: null,
    });
  });
});
