import { expect, test } from 'vitest';
import { ReservationError } from '../../errors.ts';
import { type GrpcPaymentGatewayOptions, readOptions } from './options.ts';

const valid: GrpcPaymentGatewayOptions = { host: 'payment-service', port: 50_051 };

test('host and port are enough', () => {
  const { credentials, ...settings } = readOptions(valid);
  expect(credentials._isSecure()).toBe(false);
  expect(settings).toEqual({
    address: 'payment-service:50051',
    idempotency: 'by-reservation-id',
    balancing: 'pick-first',
    attemptTimeoutMs: 5_000,
    idleTimeoutMs: 30_000,
    attemptsMax: 3,
    concurrencyMax: 256,
    queueMax: 256,
    breaker: { failuresMax: 10, lastingMs: 500, openMs: 2_000 },
  });
});

test('an IPv6 address is put in brackets', () => {
  expect(readOptions({ host: '::1', port: 1 }).address).toBe('[::1]:1');
});

test.each([
  [{ host: '' }, 'host: expected a name or an address, without a scheme or a port, found ""'],
  [{ host: 'dns:///x' }, 'host: expected a name or an address, without a scheme or a port, found "dns:///x"'],
  [{ port: 0 }, 'port: expected a whole number from 1 to 65535, found 0'],
  [{ port: 1.5 }, 'port: expected a whole number from 1 to 65535, found 1.5'],
  [{ attemptsMax: 4 }, 'attemptsMax: expected a whole number from 1 to 3, found 4'],
  [{ attemptTimeoutMs: -1 }, 'attemptTimeoutMs: expected a whole number from 1 to 60000, found -1'],
  [{ idleTimeoutMs: 30 }, 'idleTimeoutMs: expected a whole number from 1000 to 86400000, found 30'],
  [{ concurrencyMax: 0 }, 'concurrencyMax: expected a whole number from 1 to 100000, found 0'],
  [
    { breaker: { failuresMax: 1, lastingMs: 0, openMs: Number.NaN } },
    'breaker.openMs: expected a whole number from 1 to 600000, found NaN',
  ],
])('%j is refused with its name, the expectation and the value', (wrong, message) => {
  expect(() => readOptions({ ...valid, ...wrong })).toThrow(new ReservationError('INVALID_OPTION', message));
});

test('an unknown idempotency is refused', () => {
  const wrong = { ...valid, idempotency: 'sometimes' } as unknown as GrpcPaymentGatewayOptions;
  expect(() => readOptions(wrong)).toThrow(
    new ReservationError('INVALID_OPTION', 'idempotency: expected "by-reservation-id" or "none", found "sometimes"'),
  );
});
