import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAuthority, type TestCertificate } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';
import { checkCertificate } from './check-certificate.ts';
import { API_PORT, checkPort } from './check-port.ts';
import { startService } from '../../http/service-fixture.ts';

const NOW_MS = Date.now();
const DAY_MS = 86_400_000;
const authority = createAuthority('Authority of clients');

function issue(days: number): TestCertificate {
  return authority.issue({ names: ['api.example'], from: NOW_MS - 90 * DAY_MS, to: NOW_MS + days * DAY_MS });
}

function check(cert: string, key: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-certificate-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const config = { tlsCert: join(folder, 'cert.pem'), tlsKey: join(folder, 'key.pem') };
  writeFileSync(config.tlsCert, cert);
  writeFileSync(config.tlsKey, key);
  const finding = checkCertificate(config, NOW_MS);
  return `${finding?.result}: ${finding?.found}`;
}

test('the certificate for clients is shown with its days, and missed when it cannot be used', () => {
  const [valid, soon, ended] = [issue(30.5), issue(5.5), issue(-1.5)];
  expect(check(valid.cert, valid.key)).toBe('ok: CN=api.example, valid for 30 more days');
  expect(check(soon.cert, soon.key)).toBe('warning: CN=api.example, valid for 5 more days');
  expect(check(ended.cert, ended.key)).toMatch(/^failed: CN=api\.example, expired on \d{4}-/);
  expect(check(valid.cert, soon.key)).toMatch(/^failed: .*not that of the certificate/);
  expect(checkCertificate({ tlsCert: '/nowhere/a', tlsKey: '/nowhere/b' }, NOW_MS)).toMatchObject({ result: 'failed' });
  expect(checkCertificate({ tlsCert: null, tlsKey: null }, NOW_MS)).toBe(null);
});

test('a running server is recognized over HTTPS by its answer', async () => {
  const { cert, key } = issue(30);
  const tls = { current: () => ({ cert: Buffer.from(cert), key: Buffer.from(key) }), onChange: () => undefined };
  const { server } = await startService({ tls });
  const needed = { ...API_PORT, host: '127.0.0.1', port: server.port };
  expect(await checkPort('port', { ...needed, isTls: true })).toMatchObject({ result: 'ok' });
  expect(await checkPort('port', { ...needed, isTls: false })).toMatchObject({ result: 'failed' });
});
