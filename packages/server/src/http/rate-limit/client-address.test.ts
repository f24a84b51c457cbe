import type { IncomingMessage } from 'node:http';
import { expect, test } from 'vitest';
import { clientAddress } from './client-address.ts';

type Request = Pick<IncomingMessage, 'socket' | 'headers'>;

function from(remoteAddress: string | undefined, forwardedFor?: string): Request {
  const headers = forwardedFor === undefined ? {} : { 'x-forwarded-for': forwardedFor };
  return { socket: { remoteAddress }, headers } as unknown as Request;
}

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:DB8:1:2::1', '2001:db8:1:2::/64'],
  ['2001:db8::', '2001:db8:0:0::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  [undefined, 'unknown'],
])('a socket of %s is %s', (address, client) => {
  expect(clientAddress(from(address), 0)).toBe(client);
});

test.each([
  [0, '203.0.113.9', '10.0.0.1'],
  [1, '203.0.113.9', '203.0.113.9'],
  [1, '198.51.100.7, 203.0.113.9', '203.0.113.9'],
  [2, '198.51.100.7, 203.0.113.9', '198.51.100.7'],
  [2, 'made up, 198.51.100.7, 203.0.113.9', '198.51.100.7'],
  [1, '203.0.113.9:4711', '203.0.113.9'],
  [1, '[2001:db8::1]:4711', '2001:db8:0:0::/64'],
  [1, '2001:db8::1', '2001:db8:0:0::/64'],
  [2, '203.0.113.9', '10.0.0.1'],
  [1, 'unknown', '10.0.0.1'],
  [1, '', '10.0.0.1'],
  [1, '203.0.113.9,', '10.0.0.1'],
  [1, '1.2.3.4.evil.example', '10.0.0.1'],
])('behind %i proxies, X-Forwarded-For "%s" from 10.0.0.1 is %s', (proxies, header, client) => {
  expect(clientAddress(from('10.0.0.1', header), proxies)).toBe(client);
});

test('without X-Forwarded-For, a trusted proxy is the client', () => {
  expect(clientAddress(from('10.0.0.1'), 1)).toBe('10.0.0.1');
});
