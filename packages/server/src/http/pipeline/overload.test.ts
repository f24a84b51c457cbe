import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { EndedRequest } from '../../observe/requests.ts';
import { memoryLog } from '../../observe/memory-log-fixture.ts';
import { APPROVED, type Answer, deferred, parseRaw, sendRaw, type Service, startService } from '../service-fixture.ts';
import { refuseWhenOverloaded } from './overload.ts';

const REQUEST = { user_id: 'user_123', amount: 10.5 };

/** A service that takes one charge of a request at a time, and has it under way until the test ends. */
async function overloaded(options: Parameters<typeof startService>[0] = {}): Promise<Service> {
  const service = await startService({ chargesMax: 1, ...options });
  const [charging, verdict] = [deferred<void>(), deferred<typeof APPROVED>()];
  expect((await service.post(REQUEST, { 'Idempotency-Key': 'earlier' })).status).toBe(200);
  service.payment(() => {
    charging.resolve();
    return verdict.promise;
  });
  const first = service.post({ ...REQUEST, user_id: 'holder' }, { 'Idempotency-Key': 'holder' });
  await charging.promise;
  onTestFinished(async () => {
    verdict.resolve(APPROVED);
    expect((await first).status).toBe(200);
  });
  return service;
}

async function recorded({ store }: Service): Promise<readonly string[]> {
  const events = await store.events.readAll({ after: 0, limit: 100 });
  return events.map(({ type }) => type);
}

const BODY = {
  detail: 'The service is overloaded and has not taken the request; please try again.',
  type: 'urn:reservations:problem:overloaded',
  title: 'Overloaded',
  status: 503,
  instance: '/reservations',
  code: 'overloaded',
};

describe('while as many charges are under way as may be', () => {
  test.each([{}, { 'Idempotency-Key': 'new' }])('a reservation is refused and leaves no trace: %o', async (headers) => {
    const service = await overloaded();
    const answer = await service.post(REQUEST, { 'X-Request-Id': 'mine', Origin: 'https://shop.example', ...headers });
    expect([answer.status, answer.body]).toEqual([503, { ...BODY, request_id: 'mine' }]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'retry-after': '1',
      'x-request-id': 'mine',
      'content-type': 'application/json',
      'access-control-allow-origin': '*',
    });
    expect(await recorded(service)).toEqual(['RESERVATION_CREATED', 'RESERVATION_CONFIRMED', 'RESERVATION_CREATED']);
    expect(service.charged).toEqual(['user_123', 'holder']);
  });

  test('a clean problem document is given to a client that asks for one', async () => {
    const service = await overloaded();
    const answer = await service.post(REQUEST, { Accept: 'application/problem+json' });
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
    expect(answer.body).toMatchObject(BODY);
  });

  test('what is known of a key is answered', async () => {
    const service = await overloaded();
    const ask = (key: string): Promise<Answer> => service.post(REQUEST, { 'Idempotency-Key': key });
    const earlier = await ask('earlier');
    expect([earlier.status, earlier.headers.get('idempotent-replayed')]).toEqual([200, 'true']);
    expect((await ask('holder')).body['code']).toBe('idempotency_key_reused');
  });

  test('the connection goes on behind a refusal, whose body is never parsed', async () => {
    const service = await overloaded();
    const post = 'POST /reservations HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nnot JSON!';
    const live = 'GET /health/live HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
    expect(await statusesOf(service, post + post + live)).toEqual([503, 503, 200]);
  });

  test.each([
    ['too long a body', 'POST /reservations HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n', 413],
    ['no Host', 'POST /reservations HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}', 400],
    ['another path', 'POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}', 404],
    [
      'a body without a length',
      'POST /reservations HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      422,
    ],
  ])('a request with %s is answered as ever', async (_, raw, status) => {
    const service = await overloaded();
    const close = raw.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n');
    expect(parseRaw(await sendRaw(service.server.port, close)).status).toBe(status);
  });

  test('the application refuses what passes: chunked, it is read before it is refused', async () => {
    const service = await overloaded();
    const json = JSON.stringify(REQUEST);
    const raw = `POST /reservations HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n${json.length.toString(16)}\r\n${json}\r\n0\r\n\r\n`;
    const { status, body } = parseRaw(await sendRaw(service.server.port, raw));
    expect([status, body]).toEqual([503, { ...BODY, request_id: expect.any(String) }]);
    expect(service.charged).toEqual(['user_123', 'holder']);
  });

  test('reads and health are answered', async () => {
    const service = await overloaded();
    const [first] = await service.store.events.readAll({ after: 0, limit: 1 });
    expect((await service.request(`/reservations/${first?.stream}`)).status).toBe(200);
    expect((await service.request('/health/live')).status).toBe(200);
    expect((await service.request('/health/ready')).status).toBe(200);
  });

  test('links begin with the base path', async () => {
    const service = await overloaded({ basePath: '/booking' });
    for (const path of ['/booking/reservations', '/reservations?x=1']) {
      const answer = await service.request(path, { method: 'POST', body: '{}' });
      expect(answer.body).toMatchObject({ ...BODY, instance: '/booking/reservations' });
    }
  });

  test('refusals are measured, and counted in a line of the log each second', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const ended: EndedRequest[] = [];
    const { logger, lines } = memoryLog();
    const requests = {
      connections: () => undefined,
      connectionRefused: () => undefined,
      begun: () => undefined,
      streams: () => undefined,
      streamRefused: () => undefined,
      ended: (request: EndedRequest) => void ended.push(request),
    };
    const service = await overloaded({ logger, requests });
    const before = lines().length;
    for (let count = 1; count <= 3; count += 1) await service.post(REQUEST);
    const refused = { method: 'POST', route: '/reservations', status: 503, isOverloaded: true, knownKey: null };
    expect(ended.filter(({ isOverloaded }) => isOverloaded)).toMatchObject([refused, refused, refused]);
    expect(lines()).toHaveLength(before);
    vi.advanceTimersByTime(1_000);
    await service.post(REQUEST);
    vi.advanceTimersByTime(1_000);
    expect(lines().slice(before)).toMatchObject([
      { level: 40, kind: 'overloaded', requests: 3 },
      { level: 40, kind: 'overloaded', requests: 1 },
    ]);
  });
});

test('of the keys of one turn of the event loop, the first one goes on to be looked up', async () => {
  const seen: string[] = [];
  const listener = refuseWhenOverloaded(
    {
      isOverloaded: () => true,
      logger: undefined,
      meter: undefined,
      bodyLimitBytes: 9,
      basePath: '',
      corsOrigins: 'none',
    },
    ({ headers }) => seen.push(`${headers['idempotency-key'] as string} goes on`),
  );
  const ask = (key: string): void => {
    const headers = { host: 'a', 'content-length': '2', 'idempotency-key': key };
    const request = { method: 'POST', url: '/reservations', headers } as unknown as IncomingMessage;
    const response = { writeHead: (status: number) => seen.push(`${key} is ${status}`), end: () => undefined };
    listener(request, response as unknown as ServerResponse);
  };
  for (const key of ['a', 'b', 'c']) ask(key);
  await new Promise((resolve) => void setImmediate(resolve));
  for (const key of ['d', 'e']) ask(key);
  expect(seen).toEqual(['a goes on', 'b is 503', 'c is 503', 'd goes on', 'e is 503']);
});

/** The statuses of the answers on one connection, which the last request closes. */
async function statusesOf({ server }: Service, raw: string): Promise<readonly number[]> {
  const closing = raw.includes('Connection: close')
    ? raw
    : `${raw}GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`;
  const received = await sendRaw(server.port, closing);
  return [...received.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => Number(status));
}
