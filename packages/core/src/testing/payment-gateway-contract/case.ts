import type { ReservationId } from '../../domain/ids.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { ChargeOptions, ChargeRequest, PaymentGateway, PaymentIdempotency } from '../../ports/payment-gateway.ts';
import { exampleId } from '../builders.ts';
import { type ScriptedAnswer, type ScriptedService, startScriptedService } from './scripted-service.ts';

/** Settings of a gateway in the contract; three attempts in total. */
export interface GatewayTuning {
  readonly host: string;
  readonly port: number;
  readonly idempotency: PaymentIdempotency;
  readonly attemptTimeoutMs: number;
  /** Time without a call after which the connection is closed. */
  readonly idleTimeoutMs: number;
  readonly breaker: { readonly failuresMax: number; readonly lastingMs: number; readonly openMs: number };
  readonly concurrencyMax: number;
  readonly queueMax: number;
}

/** Creates gateways of one adapter for the contract. */
export interface GatewayHarness {
  /** A new gateway to the service of proto/payment.proto at that address. The contract closes it. */
  open(tuning: GatewayTuning): PaymentGateway;
}

/** One requirement for every gateway. */
export interface GatewayContractCase {
  /** A fact; unique in the contract. */
  readonly title: string;
  /** Rejects with an AssertionError when the gateway does not meet the requirement. */
  run(harness: GatewayHarness): Promise<void>;
}

/** Tools of a case. */
export interface GatewayBench {
  readonly gateway: PaymentGateway;
  /** Charges {@link EXAMPLE_CHARGE} with the given changes. */
  charge(options?: Partial<ChargeOptions>, request?: ChargeRequest): Promise<PaymentOutcome>;
}

/** The same with a scripted service behind the gateway. */
export interface ServiceBench extends GatewayBench {
  readonly service: ScriptedService;
}

/** 10.50 EUR. */
export const EXAMPLE_CHARGE: ChargeRequest & { readonly reservationId: ReservationId } = {
  reservationId: exampleId(1),
  userId: 'user_1',
  money: { amountMinor: 1_050, currency: 'EUR', decimals: 2 },
};

const DEFAULTS: Omit<GatewayTuning, 'host' | 'port'> = {
  idempotency: 'by-reservation-id',
  attemptTimeoutMs: 2_000,
  idleTimeoutMs: 30_000,
  breaker: { failuresMax: 1_000, lastingMs: 0, openMs: 60_000 },
  concurrencyMax: 100,
  queueMax: 100,
};

/** Defines a case about a gateway to any address. */
export async function withGateway(
  harness: GatewayHarness,
  tuning: Partial<GatewayTuning> & Pick<GatewayTuning, 'host' | 'port'>,
  body: (bench: GatewayBench) => Promise<void>,
): Promise<void> {
  const gateway = harness.open({ ...DEFAULTS, ...tuning });
  const charge: GatewayBench['charge'] = (options = {}, request = EXAMPLE_CHARGE) =>
    gateway.charge(request, { signal: new AbortController().signal, maySend: () => true, ...options });
  try {
    await body({ gateway, charge });
  } finally {
    await gateway.close();
  }
}

/** Defines a case about a gateway to a scripted payment service. */
export function onService(
  title: string,
  setting: { readonly answers: readonly ScriptedAnswer[] } & Partial<GatewayTuning>,
  body: (bench: ServiceBench) => Promise<void>,
): GatewayContractCase {
  return {
    title,
    async run(harness) {
      const { answers, ...tuning } = setting;
      const service = await startScriptedService(answers);
      try {
        const { host, port } = service;
        await withGateway(harness, { ...tuning, host, port }, (bench) => body({ ...bench, service }));
      } finally {
        await service.stop();
      }
    },
  };
}

/** Kind and cause of an outcome; the detail text differs between machines. */
export function gist(outcome: PaymentOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return `approved ${outcome.transactionId}`;
    case 'declined':
    case 'refused':
      return `${outcome.kind} ${outcome.message}`;
    case 'not-sent':
    case 'unknown':
      return `${outcome.kind} ${outcome.cause}`;
  }
}
