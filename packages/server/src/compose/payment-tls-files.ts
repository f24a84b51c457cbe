import { readFileSync } from 'node:fs';
import type { PaymentTlsConfig } from '../config/payment-settings.ts';

/** Encryption of a connection to the payment service: contents of the files, and the expected name. */
export interface PaymentTlsFiles {
  readonly ca?: Buffer;
  readonly cert?: Buffer;
  readonly key?: Buffer;
  readonly serverName?: string;
}

/**
 * Reads the files once, for a command that checks; a server watches them. Returns null for plain text.
 * @throws {Error} of the file system.
 */
export function readPaymentTlsFiles(config: PaymentTlsConfig): PaymentTlsFiles | null {
  const { paymentTls, paymentCa, paymentCert, paymentKey, paymentServerName: serverName } = config;
  if (!paymentTls) return null;
  return {
    ...(paymentCa === null ? {} : { ca: readFileSync(paymentCa) }),
    ...(paymentCert === null ? {} : { cert: readFileSync(paymentCert) }),
    ...(paymentKey === null ? {} : { key: readFileSync(paymentKey) }),
    ...(serverName === null ? {} : { serverName }),
  };
}
