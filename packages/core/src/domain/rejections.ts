import type { PaymentOutcome } from './payment-outcome.ts';
import type { ReservationStage } from './reservation.ts';

/** Why a command has no effect. A value, not a fault: the caller decides what it means. */
export type Rejection =
  | { readonly kind: 'already-exists' }
  | { readonly kind: 'not-found' }
  /** Settlement is still at work: a person decides only what was escalated. */
  | { readonly kind: 'not-escalated'; readonly stage: ReservationStage }
  /** The payment service, or a person, says the opposite of what stands. An alarm; what stands is never overwritten. */
  | {
      readonly kind: 'contradiction';
      readonly stands: ReservationStage;
      readonly claim: PaymentOutcome['kind'];
      readonly detail: string;
    };
