import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

test('a reservation is one trace, from the request to its last append', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--conditions=@reservations/source', main]);
  expect(stdout.trimEnd().split('\n')).toEqual([
    'RESERVATION_CONFIRMED',
    'reservations create',
    '  reservations append',
    '  reservations charge: approved',
    '    payment.PaymentService/ProcessPayment: OK',
    '  reservations append',
  ]);
});
