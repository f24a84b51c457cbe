import type { PaymentIdempotency } from '@reservations/core/ports';
import type { DriverFacts } from './driver-facts.ts';
import {
  choiceSetting,
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

/** Which payment service charges, and what may be asked of it. */
export interface PaymentConfig extends PaymentAddress {
  readonly paymentIdempotency: PaymentIdempotency;
  readonly paymentIdleTimeoutMs: number;
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

/** Returns the settings of {@link PaymentConfig}. */
export function paymentSettings(drivers: DriverFacts): Settings<PaymentConfig> {
  return {
    ...PAYMENT_ADDRESS_SETTINGS,
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
