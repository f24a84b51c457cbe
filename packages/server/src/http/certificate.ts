import type { SecureContextOptions } from 'node:tls';

/** A certificate, with its intermediate authorities, and its private key, as PEM. */
export interface ServerCertificate {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** The certificate of a server that speaks TLS, which can change while it serves. */
export interface ServerTls {
  current(): ServerCertificate;
  /** Sets the function that is called after a change, for new connections. */
  onChange(listener: () => void): void;
}

/** Returns what new connections use: TLS 1.2 or newer. */
export function contextOf(tls: ServerTls): SecureContextOptions {
  return { ...tls.current(), minVersion: 'TLSv1.2' };
}
