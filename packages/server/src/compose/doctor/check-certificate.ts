import { readFileSync } from 'node:fs';
import { readTlsIdentity } from '@reservations/core/grpc';
import type { HttpConfig } from '../../config/http-settings.ts';
import { expiryFinding } from './expiry.ts';
import { failed, type Finding, messageOf } from './finding.ts';

const CHECK = 'certificate of the server';

/** Checks the certificate for clients: its files, that they belong together, and how long it is valid. Null without one. */
export function checkCertificate(
  { tlsCert, tlsKey }: Pick<HttpConfig, 'tlsCert' | 'tlsKey'>,
  nowMs: number,
): Finding | null {
  if (tlsCert === null || tlsKey === null) return null;
  try {
    const files = { certFile: readFileSync(tlsCert), keyFile: readFileSync(tlsKey) };
    const { client, expiresAtMs } = readTlsIdentity(files);
    const found = client?.subject ?? tlsCert;
    const remedy = 'renew it; a server reads the new files by itself';
    return expiryFinding(CHECK, { found, expiresAtMs: expiresAtMs ?? nowMs, nowMs }, remedy);
  } catch (error) {
    const remedy = 'correct --tls-cert and --tls-key, and let the user of the server read the files';
    return failed(CHECK, messageOf(error), remedy);
  }
}
