import { describe, expect, test } from 'vitest';
import { holdPayments, type Service, startService, APPROVED } from '../service-fixture.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

describe('a GET of a reservation', () => {
  async function make(): Promise<{ readonly service: Service; readonly path: string }> {
    const service = await startService();
    const { headers } = await service.post(REQUEST);
    return { service, path: String(headers.get('location')) };
  }

  test('names its version, which a client may keep and has to ask for', async () => {
    const { service, path } = await make();
    const { status, headers, body } = await service.request(path);
    expect([status, headers.get('etag'), headers.get('cache-control')]).toEqual([200, '"v2"', 'private, no-cache']);
    expect(body['version']).toBe(2);
  });

  test.each(['"v2"', 'W/"v2"', '"x", "v2"', '"x",W/"v2" , "y"', '*', ' * '])(
    'is answered 304 to a client that has %s',
    async (known) => {
      const { service, path } = await make();
      const { status, headers, body } = await service.request(path, { headers: { 'If-None-Match': known } });
      expect([status, body]).toEqual([304, {}]);
      expect(Object.fromEntries(headers)).toMatchObject({
        etag: '"v2"',
        'cache-control': 'private, no-cache',
        'access-control-allow-origin': '*',
        date: expect.any(String),
      });
      expect([headers.get('content-type'), headers.get('content-length')]).toEqual([null, null]);
    },
  );

  test.each(['"v1"', '"v3"', '"v20"', 'v2', '"2"', '"x v2"', "'v2'", ''])(
    'is answered in full to a client that has %j',
    async (known) => {
      const { service, path } = await make();
      const { status, body } = await service.request(path, { headers: { 'If-None-Match': known } });
      expect([status, body['status']]).toEqual([200, 'RESERVATION_CONFIRMED']);
    },
  );

  test('is answered in full as soon as the reservation has changed', async () => {
    const service = await startService();
    const { charging, end } = holdPayments(service);
    const posted = service.post(REQUEST, { 'Idempotency-Key': 'k' });
    await charging;
    const { headers } = await service.post(REQUEST, { 'Idempotency-Key': 'k' });
    const path = String(headers.get('location'));
    const ask = async (known: string): Promise<readonly unknown[]> => {
      const answer = await service.request(path, { headers: { 'If-None-Match': known } });
      return [answer.status, answer.headers.get('etag')];
    };
    expect(await ask('"v1"')).toEqual([304, '"v1"']);
    end(APPROVED);
    await posted;
    expect(await ask('"v1"')).toEqual([200, '"v2"']);
    expect(await ask('"v2"')).toEqual([304, '"v2"']);
  });

  test('that does not exist is a 404 also for a client that has any', async () => {
    const service = await startService();
    const answer = await service.request('/reservations/RES-1', { headers: { 'If-None-Match': '*' } });
    expect([answer.status, answer.headers.get('etag')]).toEqual([404, null]);
  });

  test('is answered to HEAD with the same headers', async () => {
    const { service, path } = await make();
    const headersOf = async (init: RequestInit): Promise<readonly unknown[]> => {
      const { status, headers } = await service.request(path, init);
      const {
        date: _date,
        'x-request-id': _id,
        connection: _connection,
        'keep-alive': _keep,
        ...rest
      } = Object.fromEntries(headers);
      return [status, rest];
    };
    expect(await headersOf({ method: 'HEAD' })).toEqual(await headersOf({ method: 'GET' }));
    const known = { 'If-None-Match': '"v2"' };
    expect(await headersOf({ method: 'HEAD', headers: known })).toEqual(await headersOf({ headers: known }));
  });
});
