import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { readConfig } from './config.ts';

function read(...args: readonly string[]): unknown {
  const config = readConfig(SERVER_SETTINGS, { args, env: {} });
  return config.kind === 'faults' ? config.faults : config.values.auth;
}

test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1', 'localhost', 'LOCALHOST'])(
  'a server on %s is open by default',
  (host) => {
    expect(read('--host', host)).toBe('none');
  },
);

test.each([
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '192.0.2.1',
  'shop.example',
  'localhost.example',
  '::ffff:10.0.0.1',
  '127.0.0.1.example',
])('a server on %s says who may send requests', (host) => {
  expect(read('--host', host)).toEqual([
    `--auth: expected api-key, jwt, or none to let everyone in who reaches ${host}, which --host sets; found nothing`,
  ]);
  expect(read('--host', host, '--auth', 'none')).toBe('none');
  expect(read('--host', host, '--auth', 'api-key')).toBe('api-key');
});

test('keys need a database that other processes can open', () => {
  const fault = '--db: expected a file or postgres:// beside --auth, for the keys; found :memory:';
  expect(read('--sandbox', '--auth', 'api-key')).toEqual([fault]);
  expect(read('--db', ':memory:', '--auth', 'api-key')).toEqual([fault]);
  expect(read('--sandbox', '--db', './reservations.db', '--auth', 'api-key')).toBe('api-key');
});

test('an unknown way is refused', () => {
  expect(read('--auth', 'basic')).toEqual(['--auth: expected one of none, api-key, jwt, found "basic"']);
});
