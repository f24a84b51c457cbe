import type { HttpConfig } from './http-settings.ts';
import type { PaymentTlsConfig } from './payment-settings.ts';
import type { SettingOrigins } from './settings.ts';

/**
 * Returns the faults of the settings of TLS to the payment service taken together. A file without --payment-tls is a fault
 * as a variable too: a file is named for encryption, and the charges would be sent in plain text.
 */
export function paymentTlsFaults(
  values: Partial<PaymentTlsConfig>,
  origins: SettingOrigins<PaymentTlsConfig>,
): readonly string[] {
  const { paymentTls, paymentCert, paymentKey } = values;
  if (paymentTls === false) {
    const named = [origins.paymentCa, origins.paymentCert, origins.paymentKey, origins.paymentServerName];
    return named
      .filter((origin) => origin !== undefined)
      .map((origin) => `${origin}: expected --payment-tls with it, found it alone: nothing would be encrypted`);
  }
  return pairFaults(
    { value: paymentCert, origin: origins.paymentCert, flag: '--payment-cert' },
    { value: paymentKey, origin: origins.paymentKey, flag: '--payment-key' },
  );
}

/** Returns the fault of a certificate without its key, or of a key without its certificate. */
export function serverTlsFaults(
  values: Partial<Pick<HttpConfig, 'tlsCert' | 'tlsKey'>>,
  origins: SettingOrigins<Pick<HttpConfig, 'tlsCert' | 'tlsKey'>>,
): readonly string[] {
  return pairFaults(
    { value: values.tlsCert, origin: origins.tlsCert, flag: '--tls-cert' },
    { value: values.tlsKey, origin: origins.tlsKey, flag: '--tls-key' },
  );
}

interface PairMember {
  /** Undefined when it is wrong by itself; null when it is not given. */
  readonly value: string | null | undefined;
  readonly origin: string | undefined;
  readonly flag: string;
}

function pairFaults(certificate: PairMember, key: PairMember): readonly string[] {
  if (certificate.value === null && typeof key.value === 'string') return [missing(key, certificate)];
  if (key.value === null && typeof certificate.value === 'string') return [missing(certificate, key)];
  return [];
}

function missing(given: PairMember, other: PairMember): string {
  return `${given.origin}: expected ${other.flag} with it, found it alone`;
}
