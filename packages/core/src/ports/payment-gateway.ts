import type { ReservationId } from '../domain/ids.ts';
import type { Money } from '../domain/money.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';

/**
 * Guarantee of the payment service for a repeated charge.
 * "by-reservation-id": the same request again returns the first result and never charges again.
 * "none": no guarantee; once an attempt may have been executed, no other one is ever sent.
 */
export type PaymentIdempotency = 'by-reservation-id' | 'none';

/** Largest number of charges that a gateway may take at a time. */
export const CHARGES_MAX = 200_000;

/** One charge, identified by the reservation's id: a repetition is identical to the first request. */
export interface ChargeRequest {
  readonly reservationId: ReservationId;
  readonly userId: string;
  readonly money: Money;
}

/** Controls of a running charge. */
export interface ChargeOptions {
  /** Cancels the running attempt, whose outcome is then unknown, and starts no other. */
  readonly signal: AbortSignal;
  /** W3C trace context of the request that opened the reservation, for the metadata of attempts. Default: none. */
  readonly traceparent?: string | null;
  /** Called right before each attempt, which is not sent when it returns false. Covers lease, budget and shutdown. */
  maySend(): boolean;
}

/** A payment service behind protection that bounds time, attempts and concurrency. */
export interface PaymentGateway {
  readonly idempotency: PaymentIdempotency;
  /**
   * Charges that it takes at a time, under way and waiting for their turn: 1 to {@link CHARGES_MAX}. The engine hands over
   * no more, and refuses a request beyond them before anything is recorded. Constant.
   */
  readonly chargesMax: number;
  /**
   * Charges in one or several attempts and returns their combined outcome. Never throws for a fault of the payment service
   * or of the connection: without proof of another outcome it is "unknown".
   */
  charge(request: ChargeRequest, options: ChargeOptions): Promise<PaymentOutcome>;
  /** Closes connections and timers. Idempotent. */
  close(): Promise<void>;
}
