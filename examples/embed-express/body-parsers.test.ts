import type { AddressInfo } from 'node:net';
import { createReservations, type PaymentGateway } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { createHandler } from '@reservations/server';
import express, { type RequestHandler } from 'express';
import { describe, expect, onTestFinished, test } from 'vitest';

const gateway: PaymentGateway = {
  idempotency: 'none',
  chargesMax: 512,
  charge: () => Promise.resolve({ kind: 'approved', transactionId: 'TXN-1', message: 'Payment approved' }),
  close: () => Promise.resolve(),
};

/** An application with something before the handler; resolves with the URL that the handler is mounted at. */
async function applicationWith(...before: readonly RequestHandler[]): Promise<string> {
  const store = createMemoryStore();
  const handler = createHandler({ reservations: createReservations({ store, gateway }), store, auth: 'none' });
  const app = express();
  for (const each of before) app.use(each);
  app.use('/booking', handler);
  const server = app.listen(0, '127.0.0.1');
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/booking`;
}

async function post(
  url: string,
  body: string,
  type = 'application/json',
): Promise<readonly [number, Record<string, unknown>]> {
  const response = await fetch(`${url}/reservations`, { method: 'POST', headers: { 'Content-Type': type }, body });
  return [response.status, (await response.json()) as Record<string, unknown>];
}

const VALID = '{"user_id":"ada","amount":10.50}';

describe('behind a body parser of Express', () => {
  test.each([
    ['express.json()', express.json()],
    ['express.json() that takes texts and numbers, too', express.json({ strict: false })],
    ['express.text()', express.text({ type: '*/*' })],
    ['express.raw()', express.raw({ type: '*/*' })],
    ['express.urlencoded(), which leaves JSON alone', express.urlencoded()],
  ])('%s: requests are taken and refused as without it', async (_, parser) => {
    const bare = await applicationWith();
    const url = await applicationWith(parser);
    expect(await post(url, VALID)).toMatchObject([200, { amount: 10.5, user_id: 'ada' }]);
    for (const [body, type] of [
      ['', 'application/json'],
      ['{}', 'application/json'],
      ['[]', 'application/json'],
      ['{"user_id":12,"amount":"x"}', 'application/json'],
      ['{"user_id":"a\\u0000b","amount":1e400}', 'application/json'],
      ['user_id=ada&amount=1', 'application/x-www-form-urlencoded'],
    ] as const) {
      const [expected, got] = [await post(bare, body, type), await post(url, body, type)];
      // Parsers make an object of nothing, and forget that 1e400 is a number.
      if (body !== '' && !body.includes('1e400')) expect(got[1]['detail']).toEqual(expected[1]['detail']);
      expect([got[0], got[1]['code']]).toEqual([422, 'validation_failed']);
    }
  });

  test('a member __proto__ and nesting without end are refused', async () => {
    const url = await applicationWith(express.json());
    const entries = async (body: string): Promise<unknown> => (await post(url, body))[1]['detail'];
    const nested = `{"user_id":${'['.repeat(100)}${']'.repeat(100)}}`;
    expect(await entries('{"__proto__":{"user_id":"u","amount":1}}')).toMatchObject([
      { loc: ['body'], type: 'json_forbidden_key' },
    ]);
    expect(await entries(nested)).toMatchObject([{ loc: ['body'], type: 'json_too_deep' }]);
  });

  test('a body that was read, and is nowhere to be found, is told as that', async () => {
    const url = await applicationWith((request, _response, next) => {
      request.resume().on('end', next);
    });
    const [status, body] = await post(url, VALID);
    expect([status, body['code'], body['instance']]).toEqual([500, 'body_already_consumed', '/booking/reservations']);
    expect(body['detail']).toMatch(/request\.body/);
    expect((await post(url, ''))[0]).toBe(422);
  });
});
