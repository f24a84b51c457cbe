import { readTlsIdentity, watchFiles } from '@reservations/core/grpc';
import type { Logger } from 'pino';
import type { HttpConfig } from '../config/http-settings.ts';
import type { ServerCertificate, ServerTls } from '../http/certificate.ts';

/** The certificate of the server as its files are. */
export interface WatchedServerTls extends ServerTls {
  close(): void;
}

/**
 * Reads the certificate and its key, and again when the files change. Null when the server is to serve without encryption.
 * @throws {Error} when they cannot be used.
 */
export function openServerTls(
  { tlsCert, tlsKey }: Pick<HttpConfig, 'tlsCert' | 'tlsKey'>,
  logger: Logger,
  everyMs?: number,
): WatchedServerTls | null {
  if (tlsCert === null || tlsKey === null) return null;
  let current: ServerCertificate | null = null;
  let changed = (): void => undefined;
  const files = watchFiles({
    paths: { certFile: tlsCert, keyFile: tlsKey },
    ...(everyMs === undefined ? {} : { everyMs }),
    use({ certFile, keyFile }) {
      if (certFile === undefined || keyFile === undefined) throw new Error('both files are needed');
      const { expiresAtMs } = readTlsIdentity({ certFile, keyFile });
      const isFirst = current === null;
      current = { cert: certFile, key: keyFile };
      const expiresAt = expiresAtMs === null ? null : new Date(expiresAtMs).toISOString();
      const facts = { kind: 'tls-certificate', expires_at: expiresAt };
      if (expiresAtMs !== null && expiresAtMs <= Date.now()) logger.error(facts, EXPIRED);
      if (isFirst) return;
      changed();
      logger.info(facts, 'the certificate of this server has changed and is in use');
    },
    onFault(detail) {
      if (detail !== null) logger.error({ kind: 'tls-certificate', detail }, UNUSABLE);
    },
  });
  return {
    current() {
      if (current === null) throw new Error('the certificate was not read');
      return current;
    },
    onChange(listener) {
      changed = listener;
    },
    close: () => files.close(),
  };
}

const EXPIRED = 'the certificate of this server has expired: clients refuse it';

const UNUSABLE = 'the changed certificate of this server cannot be used; the earlier one stays in use';
