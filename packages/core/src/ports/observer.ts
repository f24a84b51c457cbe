import type { ReservationId } from '../domain/ids.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { EscalationReason } from '../domain/reservation/events.ts';

/** Something that an operator may want to see. Those marked "alarm" need a person. */
export type Observation =
  /** A run of charging ended, in a request or in settlement; `outcome` is what that run saw. */
  | {
      readonly kind: 'charge-ended';
      readonly reservationId: ReservationId;
      readonly outcome: PaymentOutcome;
      readonly by: 'request' | 'settlement';
      readonly durationMs: number;
    }
  /** Alarm: a verdict says the opposite of what stands. */
  | { readonly kind: 'contradiction'; readonly reservationId: ReservationId; readonly detail: string }
  /** Alarm: settlement gave a payment to the staff. */
  | {
      readonly kind: 'payment-escalated';
      readonly reservationId: ReservationId;
      readonly reason: EscalationReason;
      readonly detail: string;
    }
  /** Alarm: the payment service refuses our credentials or permissions. */
  | { readonly kind: 'payment-misconfigured'; readonly reservationId: ReservationId; readonly detail: string }
  /** The lease went to somebody else while this process worked. */
  | { readonly kind: 'lease-lost'; readonly reservationId: ReservationId }
  /** A reservation is recorded, and its charge could not be made or recorded: settlement takes it up. */
  | { readonly kind: 'charge-fault'; readonly reservationId: ReservationId; readonly error: unknown }
  /** Settlement could not work; it goes on by itself. `reservationId` is null when taking payments failed. */
  | { readonly kind: 'settlement-fault'; readonly reservationId: ReservationId | null; readonly error: unknown }
  /** Alarm: a subscription stands still at an event that its handler could not handle, until a person resumes it. */
  | {
      readonly kind: 'subscription-stopped';
      readonly subscription: string;
      readonly position: number;
      readonly detail: string;
    }
  /** Alarm: an event that the handler could not handle was left out, as the subscription's options say. */
  | {
      readonly kind: 'subscription-skipped';
      readonly subscription: string;
      readonly position: number;
      readonly detail: string;
    }
  /** A handler threw; the event is tried again. */
  | {
      readonly kind: 'subscription-retry';
      readonly subscription: string;
      readonly position: number;
      readonly attempt: number;
      readonly error: unknown;
    }
  /** The subscription went to another process, or may have. */
  | { readonly kind: 'subscription-lost'; readonly subscription: string }
  /** Reading the log or keeping a checkpoint failed; it goes on by itself. `subscription` is null for who has no name. */
  | { readonly kind: 'feed-fault'; readonly subscription: string | null; readonly error: unknown }
  /** Alarm when `raised`: the database does not keep what it should keep. Not raised: it does so again. */
  | { readonly kind: 'store-alarm'; readonly alarm: StoreAlarm; readonly raised: boolean; readonly detail: string };

/**
 * What can be wrong with the database under a store:
 * - `asynchronous-replication`: a failover would lose acknowledged reservations, since commits wait for no standby.
 * - `unsuitable-settings`: a setting on which the store would refuse to open, such as `fsync` turned off.
 * - `log-lost-its-end`: events are gone that the store acknowledged or read. It is never cleared.
 */
export type StoreAlarm = 'asynchronous-replication' | 'unsuitable-settings' | 'log-lost-its-end';

/** Called synchronously; must not throw. */
export type Observer = (observation: Observation) => void;
