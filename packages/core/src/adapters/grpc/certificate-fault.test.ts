import { expect, test } from 'vitest';
import { certificateFault } from './certificate-fault.ts';

const NOW = Date.UTC(2026, 0, 2);
const VALID = { subject: 'CN=client', expiresAtMs: Date.UTC(2026, 0, 3) };
const EXPIRED = { subject: 'CN=client', expiresAtMs: Date.UTC(2026, 0, 1) };
const OURS = 'our certificate (CN=client, valid until 2026-01-03T00:00:00.000Z)';

function fault(code: string, client: typeof VALID | null, wasSecure = true): string | null {
  return certificateFault({ code, message: 'text of Node', wasSecure }, client, NOW);
}

test.each([
  'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
  'ERR_SSL_SSL/TLS_ALERT_CERTIFICATE_EXPIRED',
  'ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE',
])('the alert %s is about the certificate of this client', (code) => {
  expect(fault(code, VALID)).toBe(`the payment service does not accept ${OURS} (${code})`);
});

test.each([
  'CERT_HAS_EXPIRED',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('the error %s is about the certificate of the payment service', (code) => {
  expect(fault(code, null, false)).toBe(
    `the certificate of the payment service is not accepted: text of Node (${code})`,
  );
});

test('a connection that ends at the handshake without a reason may be about the certificate of this client', () => {
  const closed = 'the payment service closed the connection at the TLS handshake; it may not accept';
  expect(fault('', VALID)).toBe(`${closed} ${OURS}`);
  expect(fault('ECONNRESET', EXPIRED, false)).toBe(
    `${closed} our certificate (CN=client, expired at 2026-01-01T00:00:00.000Z)`,
  );
});

test.each([
  ['ECONNRESET', VALID, false],
  ['ECONNRESET', null, true],
  ['ERR_SSL_WRONG_VERSION_NUMBER', VALID, false],
  ['ERR_SSL_SSL/TLS_ALERT_HANDSHAKE_FAILURE', null, false],
] as const)('%s with %j (handshake over: %s) is about no certificate', (code, client, wasSecure) => {
  expect(fault(code, client, wasSecure)).toBeNull();
});
