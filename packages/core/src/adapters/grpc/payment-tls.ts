import { ReservationError } from '../../errors.ts';
import type { Observer } from '../../ports/observer.ts';
import { watchFiles } from '../system/watched-files.ts';
import { readTlsIdentity, type TlsIdentity } from '../system/tls-identity.ts';

/** Encryption of the connection to the payment service. The files are PEM, and are read again when they change. */
export interface PaymentTlsOptions {
  /** File of the authorities that verify the payment service. Default: those of Node. */
  readonly caFile?: string;
  /** File of this client's certificate, followed by its intermediate authorities; needs `keyFile`. */
  readonly certFile?: string;
  /** File of the certificate's private key, without a passphrase. */
  readonly keyFile?: string;
  /** Name that the payment service's certificate must have. Default: the host. */
  readonly serverName?: string;
  /** Pause between two looks at the files, 10 to 3600000. Default 5000. */
  readonly lookEveryMs?: number;
}

/** State of the certificates of the connection to the payment service. */
export interface CertificateStatus {
  /**
   * Time at which the client's certificate, one of its intermediate authorities, or the last authority of the CA file
   * expires, in milliseconds since 1970; null when no file is given.
   */
  readonly expiresAtMs: number | null;
  /** Why the files as they are now are not in use, but earlier contents; null when they are in use. */
  readonly fault: string | null;
}

/** The identity of this client towards the payment service, as its files are now. */
export interface PaymentTls {
  /** Name that the payment service's certificate must have. */
  readonly serverName: string;
  identity(): TlsIdentity;
  status(): CertificateStatus;
  /** Sets the function that is called after a change, for new connections. */
  onChange(listener: () => void): void;
  /** Idempotent. */
  close(): void;
}

/**
 * Reads the files, and again when they change; the observer receives `payment-certificates`.
 * @throws {ReservationError} INVALID_OPTION when they cannot be used.
 */
export function openPaymentTls(options: PaymentTlsOptions, host: string, observer: Observer): PaymentTls {
  const { caFile, certFile, keyFile, lookEveryMs } = options;
  let identity: TlsIdentity | null = null;
  let fault: string | null = null;
  let changed = (): void => undefined;
  try {
    const files = watchFiles({
      paths: {
        ...(caFile === undefined ? {} : { caFile }),
        ...(certFile === undefined ? {} : { certFile }),
        ...(keyFile === undefined ? {} : { keyFile }),
      },
      ...(lookEveryMs === undefined ? {} : { everyMs: lookEveryMs }),
      use(contents) {
        const isFirst = identity === null;
        identity = readTlsIdentity(contents);
        if (isFirst) return;
        changed();
        observer({ kind: 'payment-certificates', inUse: true, detail: describe(identity) });
      },
      onFault(detail) {
        fault = detail;
        if (detail !== null) observer({ kind: 'payment-certificates', inUse: false, detail });
      },
    });
    return {
      serverName: options.serverName ?? host,
      identity: () => known(identity),
      status: () => ({ expiresAtMs: known(identity).expiresAtMs, fault }),
      onChange(listener) {
        changed = listener;
      },
      close: () => files.close(),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ReservationError('INVALID_OPTION', `tls: expected files of certificates, found ${reason}`, { cause });
  }
}

function known(identity: TlsIdentity | null): TlsIdentity {
  if (identity === null) throw new ReservationError('INVALID_OPTION', 'tls: no certificates were read');
  return identity;
}

function describe({ client, expiresAtMs }: TlsIdentity): string {
  const until = expiresAtMs === null ? '' : `, valid until ${new Date(expiresAtMs).toISOString()}`;
  return `the files have changed and are in use${client === null ? '' : ` (${client.subject})`}${until}`;
}
