import type { PaymentChannel } from '@reservations/core/grpc';

/** The end of an attempt, as the channel reports it. */
export type AttemptSignal = Awaited<ReturnType<PaymentChannel['send']>>;

/** A ProcessPayment request as the service reads it. */
export interface PaymentMessage {
  readonly reservation_id: `RES-${string}`;
  readonly user_id: string;
  readonly amount: number;
  readonly currency: string;
}

/** True when it is certain that no service executes the attempt. */
export function wasUnsent(ended: AttemptSignal): boolean {
  return ended.kind === 'stream-refused' || (ended.kind === 'error' && !ended.handedOver);
}
