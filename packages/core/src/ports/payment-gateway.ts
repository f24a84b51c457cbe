import type { ReservationId } from '../domain/ids.ts';
import type { Money } from '../domain/money.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';

/**
 * What the payment service promises about a repeated charge.
 * "by-reservation-id": the same request again returns the first result and never charges again.
 * "none": nothing; once an attempt may have been executed, no other is ever sent.
 */
export type PaymentIdempotency = 'by-reservation-id' | 'none';

/** One charge. The reservation's id identifies it: a repetition is identical to the first request. */
export interface ChargeRequest {
  readonly reservationId: ReservationId;
  readonly userId: string;
  readonly money: Money;
}

/** What lets the caller stop a charge that it asked for. */
export interface ChargeOptions {
  /** Cancels the attempt under way, whose outcome is then unknown, and starts no other. */
  readonly signal: AbortSignal;
  /** Asked right before each attempt; on false it is not sent. Covers lease, budget and shutdown. */
  maySend(): boolean;
}

/** A payment service, protected: bounded in time, attempts and concurrency. */
export interface PaymentGateway {
  readonly idempotency: PaymentIdempotency;
  /**
   * Charges, in one or several attempts, and tells what they mean together. Never throws for what a payment
   * service or the way to it can do: what is not proved to be otherwise is "unknown".
   */
  charge(request: ChargeRequest, options: ChargeOptions): Promise<PaymentOutcome>;
  /** Lets go of connections and timers. Idempotent. */
  close(): Promise<void>;
}
