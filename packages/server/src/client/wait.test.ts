import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createClient } from './index.ts';
import { problem, reservation, type Script, scriptService, settle, useTestTime } from './scripted-service-fixture.ts';

const REQUEST = { user_id: 'ada', amount: 10.5 };
const PENDING = { status: 'RESERVATION_CREATED', transaction_id: null };
const AFTER_2_S = { 'Retry-After': '2' };

beforeEach(useTestTime);
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function createAndWait(script: readonly Script[], options: object = {}) {
  const service = scriptService(...script);
  const client = createClient({ baseUrl: 'https://shop.test/pay', fetch: service.fetch });
  const result = await settle(client.createAndWait(REQUEST, { idempotencyKey: 'k', ...options }));
  return { result, sent: service.sent, pauses: service.sent.map(({ pauseMs }) => pauseMs) };
}

test('a verdict at once is returned without another request', async () => {
  const { result, sent } = await createAndWait([reservation(200)]);
  expect([result, sent.length]).toMatchObject([{ outcome: 'confirmed' }, 1]);
});

test('a pending reservation is read until it has a verdict, after the pauses that the service asks for', async () => {
  const { result, sent, pauses } = await createAndWait([
    reservation(202, PENDING, AFTER_2_S),
    reservation(200, PENDING),
    problem(503, 'store_unavailable', AFTER_2_S),
    'lost',
    reservation(200, { status: 'RESERVATION_FAILED', message: 'Insufficient funds' }),
  ]);
  expect(result).toMatchObject({ outcome: 'failed', message: 'Insufficient funds', idempotencyKey: 'k' });
  expect(sent.slice(1).map(({ method, url }) => `${method} ${url}`)).toEqual(
    Array.from({ length: 4 }, () => 'GET https://shop.test/pay/reservations/RES-1'),
  );
  expect(pauses).toEqual([0, 2_250, 500, 3_000, 2_000]);
});

test('a wait that ends before the verdict is a result', async () => {
  const script = [reservation(202, PENDING, AFTER_2_S), reservation(200, { ...PENDING, version: 2 })];
  const { result } = await createAndWait(script, { waitMs: 10_000 });
  expect(result).toMatchObject({ outcome: 'pending', reservationId: 'RES-1', reservation: { version: 2 } });
});

test('a service that asks for a pause beyond the wait is not asked again', async () => {
  const { result, sent } = await createAndWait([reservation(202, PENDING, AFTER_2_S)], { waitMs: 1_000 });
  expect([result, sent.length]).toMatchObject([{ outcome: 'pending' }, 1]);
});

test('a refusal while waiting keeps the id and the key', async () => {
  const { result } = await createAndWait([reservation(202, PENDING), problem(401, 'unauthenticated')]);
  expect(result).toMatchObject({
    name: 'ReservationOutcomeUnknownError',
    idempotencyKey: 'k',
    reservationId: 'RES-1',
    cause: { code: 'unauthenticated' },
  });
});

test('the signal ends a wait, and the error has the id and the key', async () => {
  const controller = new AbortController();
  setTimeout(() => controller.abort('gone'), 1_000);
  const { result, sent } = await createAndWait([reservation(202, PENDING), 'silent'], { signal: controller.signal });
  expect(result).toMatchObject({ reservationId: 'RES-1', idempotencyKey: 'k', cause: 'gone' });
  expect(sent).toHaveLength(2);
});
