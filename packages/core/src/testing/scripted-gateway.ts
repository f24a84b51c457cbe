import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { ChargeOptions, ChargeRequest, PaymentGateway, PaymentIdempotency } from '../ports/payment-gateway.ts';

/** Script of one charge. */
export type ChargeScript = (request: ChargeRequest, options: ChargeOptions) => PaymentOutcome | Promise<PaymentOutcome>;

/** A payment gateway that follows a script and records its charges. */
export interface ScriptedGateway extends PaymentGateway {
  /** Every charge so far, in order. */
  readonly charges: readonly ChargeRequest[];
  /** Replaces the script from the next charge on. */
  script(next: ChargeScript): void;
}

/** Creates a gateway that approves every charge until it is scripted. It takes as many at a time as the gRPC gateway. */
export function createScriptedGateway(
  idempotency: PaymentIdempotency = 'by-reservation-id',
  chargesMax = 512,
): ScriptedGateway {
  const charges: ChargeRequest[] = [];
  let script: ChargeScript = ({ reservationId }) => ({
    kind: 'approved',
    transactionId: `TXN-${reservationId}`,
    message: 'approved',
  });
  return {
    idempotency,
    chargesMax,
    charges,
    script(next) {
      script = next;
    },
    async charge(request, options) {
      if (!options.maySend()) return { kind: 'not-sent', cause: 'stopped', detail: 'may not be sent' };
      charges.push(request);
      return await script(request, options);
    },
    close: () => Promise.resolve(),
  };
}
