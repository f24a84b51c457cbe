import { expect, test } from 'vitest';
import { sendRaw, startService } from '../service-fixture.ts';

test.each([
  ['/', 'GET, HEAD, OPTIONS'],
  ['/health/live', 'GET, HEAD, OPTIONS'],
  ['/reservations', 'GET, HEAD, OPTIONS, POST'],
  ['/reservations/RES-1', 'GET, HEAD, OPTIONS'],
  ['/docs', 'GET, HEAD, OPTIONS'],
])('OPTIONS %s tells the methods of the path', async (path, allow) => {
  const service = await startService();
  const { status, headers, body } = await service.request(path, { method: 'OPTIONS' });
  expect([status, headers.get('allow'), headers.get('content-type'), body]).toEqual([204, allow, null, {}]);
  expect((await service.request('/nowhere', { method: 'OPTIONS' })).status).toBe(404);
});

test('OPTIONS * tells the methods of the service', async () => {
  const service = await startService();
  const raw = await sendRaw(service.server.port, 'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n');
  expect(raw).toMatch(/^HTTP\/1.1 204 .*\r\nAllow: GET, HEAD, OPTIONS, POST\r\n/s);
});
