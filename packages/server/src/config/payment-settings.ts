import type { PaymentIdempotency } from '@reservations/core/ports';
import type { DriverFacts } from './driver-facts.ts';
import {
  choiceSetting,
  hostOrNoneSetting,
  hostSetting,
  portSetting,
  switchSetting,
  textSetting,
  wholeNumberSetting,
} from './setting-kinds.ts';
import type { Settings } from './settings.ts';

/** Where the payment service is. */
export interface PaymentAddress {
  readonly paymentHost: string;
  readonly paymentPort: number;
}

/** Encryption towards the payment service; the files are PEM. */
export interface PaymentTlsConfig {
  readonly paymentTls: boolean;
  /** Authorities that verify the payment service; null takes those of Node. */
  readonly paymentCa: string | null;
  readonly paymentCert: string | null;
  readonly paymentKey: string | null;
  /** Name in the payment service's certificate; null stands for the host. */
  readonly paymentServerName: string | null;
}

/** Which payment service charges, and what may be asked of it. */
export interface PaymentConfig extends PaymentAddress, PaymentTlsConfig {
  readonly paymentIdempotency: PaymentIdempotency;
  readonly paymentIdleTimeoutMs: number;
  /** Charges under way at a time. */
  readonly paymentConcurrency: number;
  /** Charges that wait for one under way to end. */
  readonly paymentQueue: number;
  /** How charges are spread over the addresses of the host. */
  readonly paymentBalancing: 'pick-first' | 'round-robin';
  readonly paymentUnknownOutcome: 'pending' | 'fail';
  /** Starts a sandbox payment service and uses it instead of the configured one. */
  readonly sandbox: boolean;
  /** File of the sandbox's ledger; null keeps it in memory. */
  readonly sandboxLedger: string | null;
}

/** The settings of {@link PaymentAddress}. */
export const PAYMENT_ADDRESS_SETTINGS: Settings<PaymentAddress> = {
  paymentHost: hostSetting({
    flag: 'payment-host',
    env: 'PAYMENT_SERVICE_HOST',
    value: 'HOST',
    default: 'payment-service',
    description: 'Host of the payment service',
  }),
  paymentPort: portSetting({
    flag: 'payment-port',
    env: 'PAYMENT_SERVICE_PORT',
    min: 1,
    default: 50_051,
    description: 'Port of the payment service',
  }),
};

/** The settings of {@link PaymentTlsConfig}. */
export const PAYMENT_TLS_SETTINGS: Settings<PaymentTlsConfig> = {
  paymentTls: switchSetting({
    flag: 'payment-tls',
    env: 'PAYMENT_TLS',
    description: 'Encrypt the connection to the payment service and verify its certificate',
  }),
  paymentCa: textSetting({
    flag: 'payment-ca',
    env: 'PAYMENT_CA',
    value: 'FILE',
    default: null,
    description: 'Authorities that verify the payment service, as PEM; without one, those that come with Node',
  }),
  paymentCert: textSetting({
    flag: 'payment-cert',
    env: 'PAYMENT_CERT',
    value: 'FILE',
    default: null,
    description: 'Certificate of this server for the payment service, as PEM, with its intermediate authorities',
  }),
  paymentKey: textSetting({
    flag: 'payment-key',
    env: 'PAYMENT_KEY',
    value: 'FILE',
    default: null,
    description: 'Private key of --payment-cert, as PEM, without a passphrase',
  }),
  paymentServerName: hostOrNoneSetting({
    flag: 'payment-server-name',
    env: 'PAYMENT_SERVER_NAME',
    value: 'NAME',
    default: null,
    description: "Name that the payment service's certificate must have; without one, --payment-host",
  }),
};

/** Returns the settings of {@link PaymentConfig}. */
export function paymentSettings(drivers: DriverFacts): Settings<PaymentConfig> {
  return {
    ...PAYMENT_ADDRESS_SETTINGS,
    ...PAYMENT_TLS_SETTINGS,
    paymentBalancing: choiceSetting({
      flag: 'payment-balancing',
      env: 'PAYMENT_BALANCING',
      choices: ['pick-first', 'round-robin'],
      default: 'pick-first',
      description: 'How charges are spread over the addresses of --payment-host: one of them, or all in turn',
    }),
    paymentIdempotency: choiceSetting({
      flag: 'payment-idempotency',
      env: 'PAYMENT_IDEMPOTENCY',
      choices: ['by-reservation-id', 'none'],
      default: 'by-reservation-id',
      description: 'What the payment service promises about a repeated charge; with none, no charge is ever sent twice',
    }),
    paymentIdleTimeoutMs: wholeNumberSetting({
      flag: 'payment-idle-timeout',
      env: 'PAYMENT_IDLE_TIMEOUT',
      ...drivers.paymentIdleTimeoutMs,
      description: 'Time without a charge after which the connection to the payment service is closed, in milliseconds',
    }),
    paymentConcurrency: wholeNumberSetting({
      flag: 'payment-concurrency',
      env: 'PAYMENT_CONCURRENCY',
      min: 1,
      ...drivers.paymentConcurrency,
      description: 'Charges that this process has under way at a time',
    }),
    paymentQueue: wholeNumberSetting({
      flag: 'payment-queue',
      env: 'PAYMENT_QUEUE',
      min: 1,
      ...drivers.paymentConcurrency,
      description:
        'Charges that wait for one under way to end; reservations beyond these are refused with 503 overloaded',
    }),
    paymentUnknownOutcome: choiceSetting({
      flag: 'payment-unknown-outcome',
      env: 'PAYMENT_UNKNOWN_OUTCOME',
      choices: ['pending', 'fail'],
      default: 'pending',
      description: 'What a client is told about a payment whose outcome is unknown: 202 (pending) or 503 (fail)',
    }),
    sandbox: switchSetting({
      flag: 'sandbox',
      env: 'RESERVATIONS_SANDBOX',
      description: 'Start a sandbox payment service and use it; no money moves. Without --db, nothing is kept',
    }),
    sandboxLedger: textSetting({
      flag: 'sandbox-ledger',
      env: 'RESERVATIONS_SANDBOX_LEDGER',
      value: 'FILE',
      default: null,
      description: "File of the sandbox's ledger; without one it is kept in memory",
    }),
  };
}
