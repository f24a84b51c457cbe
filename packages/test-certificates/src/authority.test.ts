import { X509Certificate } from 'node:crypto';
import { expect, test } from 'vitest';
import { createAuthority } from './authority.ts';

test('an authority issues certificates that Node verifies, with names, addresses and validity', () => {
  const authority = createAuthority('authority of a test');
  const from = Date.UTC(2020, 0, 2, 3, 4, 5);
  const to = Date.UTC(2060, 0, 2, 3, 4, 5);
  const issued = authority.issue({ names: ['payments.test', '127.0.0.1'], from, to });
  const root = new X509Certificate(authority.cert);
  const certificate = new X509Certificate(issued.cert);
  expect(root.ca).toBe(true);
  expect(root.verify(root.publicKey)).toBe(true);
  expect(certificate.ca).toBe(false);
  expect(certificate.verify(root.publicKey)).toBe(true);
  expect(certificate.checkHost('payments.test')).toBe('payments.test');
  expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1');
  expect(certificate.checkHost('other.test')).toBeUndefined();
  expect([certificate.validFromDate, certificate.validToDate]).toEqual([new Date(from), new Date(to)]);
});
