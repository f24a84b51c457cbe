import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('a gateway of one’s own confirms, declines and settles a lost reply with one charge', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@reservations/source', main]);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'ada      RESERVATION_CONFIRMED Payment processed',
    'broke    RESERVATION_FAILED Insufficient funds',
    'unlucky  RESERVATION_CREATED Payment outcome is not known yet; it is being settled',
    'unlucky  RESERVATION_CONFIRMED Payment processed',
    'charges: CH-1 12.50 EUR, CH-2 12.50 EUR',
  ]);
});
