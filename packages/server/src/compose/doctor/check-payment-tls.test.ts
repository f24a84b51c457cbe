import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createSecureServer, type SecureServerOptions } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';
import { checkPaymentTls, type PaymentTlsTarget } from './check-payment-tls.ts';

const NOW_MS = Date.now();
const DAY_MS = 86_400_000;
const VALID = { from: NOW_MS - DAY_MS, to: NOW_MS + 100 * DAY_MS };
const authority = createAuthority('Test authority', VALID);
const other = createAuthority('Another authority', VALID);

/** A path of a file with this text. */
function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file.pem'), text);
  return join(folder, 'file.pem');
}

/** A service that speaks HTTP/2 over TLS, and the settings of a client that trusts it. */
async function service(
  issued: { readonly to?: number } = {},
  options: SecureServerOptions = {},
): Promise<PaymentTlsTarget> {
  const { cert, key } = authority.issue({ names: ['localhost', '127.0.0.1'], ...VALID, ...issued });
  const server = createSecureServer({ cert, key, ...options });
  server.on('sessionError', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  return {
    paymentHost: '127.0.0.1',
    paymentPort: (server.address() as AddressInfo).port,
    paymentTls: true,
    paymentCa: file(authority.cert),
    paymentCert: null,
    paymentKey: null,
    paymentServerName: null,
  };
}

/** Result and text of each finding. */
async function check(target: PaymentTlsTarget): Promise<readonly string[]> {
  const findings = await checkPaymentTls(target, NOW_MS);
  expect(findings.every(({ result, remedy }) => (remedy === null) === (result === 'ok' || result === 'left-out'))).toBe(
    true,
  );
  return findings.map(({ result, check: name, found }) => `${result} ${name}: ${found}`);
}

test('a certificate that is verified is shown with the days that it is valid', async () => {
  expect(await check(await service())).toEqual([
    'ok payment service: TLS: TLSv1.3; the certificate of the payment service, valid for 99 more days',
  ]);
});

test('a certificate that ends soon is a warning, and one that has ended a failure', async () => {
  const [soon] = await check(await service({ to: NOW_MS + 3 * DAY_MS }));
  expect(soon).toMatch(/^warning .* valid for [23] more days$/);
  const [ended] = await check(await service({ to: NOW_MS - DAY_MS / 2 }));
  expect(ended).toMatch(/^failed payment service: TLS: certificate has expired$/);
});

test.each<[string, Partial<PaymentTlsTarget>, RegExp]>([
  ['another name', { paymentServerName: 'payments.example' }, /payments\.example/],
  ['another authority', { paymentCa: 'other' }, /certificate/],
  ['a file that is not there', { paymentCa: '/nowhere/ca.pem' }, /ENOENT/],
])('%s is a failure', async (_, changes, found) => {
  const target = { ...(await service()), ...changes };
  const [finding] = await check(target.paymentCa === 'other' ? { ...target, paymentCa: file(other.cert) } : target);
  expect(finding).toMatch(/^failed payment service: TLS: /);
  expect(finding).toMatch(found);
});

test('a service that demands a certificate accepts ours, and refuses a client without one', async () => {
  const target = await service({}, { requestCert: true, rejectUnauthorized: true, ca: authority.cert });
  const own = authority.issue({ names: ['reservations'], from: NOW_MS - DAY_MS, to: NOW_MS + 30 * DAY_MS });
  const withOwn = { ...target, paymentCert: file(own.cert), paymentKey: file(own.key) };
  expect(await check(withOwn)).toEqual([
    'ok payment service: own certificate: CN=reservations, valid for 29 more days',
    'ok payment service: TLS: TLSv1.3; the certificate of the payment service, valid for 99 more days',
  ]);
  const [refused] = await check(target);
  expect(refused).toMatch(/^failed payment service: TLS: /);
});

test('plain text is a warning, except on one machine', async () => {
  const plain = { ...(await service()), paymentTls: false };
  expect(await check({ ...plain, paymentHost: 'payments.example' })).toEqual([
    'warning payment service: TLS: the connection is not encrypted',
  ]);
  expect(await check(plain)).toEqual(['left-out payment service: TLS: not used on this machine']);
});
