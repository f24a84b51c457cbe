import type { ReservationId } from '../domain/ids.ts';
import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { EscalationReason } from '../domain/reservation/events.ts';

/** An event for operators and metrics. Those marked "alarm" require an operator. */
export type Observation =
  /** A run of charging ended, in a request or in settlement; `outcome` is the outcome of that run. */
  | {
      readonly kind: 'charge-ended';
      readonly reservationId: ReservationId;
      readonly outcome: PaymentOutcome;
      readonly by: 'request' | 'settlement';
      readonly durationMs: number;
    }
  /**
   * One attempt of a charge ended, or was not made because the breaker was open; `durationMs` has fractions. Reported by a
   * gateway that was given an observer.
   */
  | {
      readonly kind: 'attempt-ended';
      readonly reservationId: ReservationId;
      readonly outcome: PaymentOutcome;
      readonly durationMs: number;
    }
  /** Alarm: a verdict contradicts the recorded one. */
  | { readonly kind: 'contradiction'; readonly reservationId: ReservationId; readonly detail: string }
  /** Alarm: settlement escalated a payment to an operator. */
  | {
      readonly kind: 'payment-escalated';
      readonly reservationId: ReservationId;
      readonly reason: EscalationReason;
      readonly detail: string;
    }
  /** Alarm: the payment service rejects our credentials or permissions, or a certificate was not accepted. */
  | { readonly kind: 'payment-misconfigured'; readonly reservationId: ReservationId; readonly detail: string }
  /**
   * Files of certificates for the payment service changed: they are in use now. Alarm when not `inUse`: they cannot be used,
   * and their earlier contents stay in use.
   */
  | { readonly kind: 'payment-certificates'; readonly inUse: boolean; readonly detail: string }
  /** Another owner acquired the lease while this process was working. */
  | { readonly kind: 'lease-lost'; readonly reservationId: ReservationId }
  /** A reservation is recorded, and its charge could not be made or recorded: settlement continues with it. */
  | { readonly kind: 'charge-fault'; readonly reservationId: ReservationId; readonly error: unknown }
  /** Settlement failed temporarily. `reservationId` is null when taking due work failed. */
  | { readonly kind: 'settlement-fault'; readonly reservationId: ReservationId | null; readonly error: unknown }
  /** Settlement looked for due payments and took `taken` of them; 0 when none was due. */
  | { readonly kind: 'settlement-looked'; readonly taken: number }
  /** Alarm: a subscription stopped at an event that its handler could not handle, until an operator resumes it. */
  | {
      readonly kind: 'subscription-stopped';
      readonly subscription: string;
      readonly position: number;
      readonly detail: string;
    }
  /** Alarm: an event that the handler could not handle was skipped, as the subscription's options say. */
  | {
      readonly kind: 'subscription-skipped';
      readonly subscription: string;
      readonly position: number;
      readonly detail: string;
    }
  /** A handler threw; the event is delivered again. */
  | {
      readonly kind: 'subscription-retry';
      readonly subscription: string;
      readonly position: number;
      readonly attempt: number;
      readonly error: unknown;
    }
  /** Another process acquired the subscription, or may have. */
  | { readonly kind: 'subscription-lost'; readonly subscription: string }
  /** Reading the log or saving a checkpoint failed temporarily. `subscription` is null for a follower without a name. */
  | { readonly kind: 'feed-fault'; readonly subscription: string | null; readonly error: unknown }
  /**
   * A store committed a group of appends in one transaction. `appends` is the size of the group and `events` the number
   * of events that it has written; the other counts are of appends that wrote nothing: repeated commands, lost races,
   * taken keys and lost leases. `waitMs` is the longest time that an append waited for the commit to begin, `durationMs`
   * the time that the commit took; both have fractions.
   */
  | {
      readonly kind: 'appends-committed';
      readonly appends: number;
      readonly events: number;
      readonly replays: number;
      readonly conflicts: number;
      readonly keysTaken: number;
      readonly leasesLost: number;
      readonly waitMs: number;
      readonly durationMs: number;
    }
  /** Alarm when `raised`: a setting or the state of the database endangers acknowledged commits. Not raised: it is over. */
  | { readonly kind: 'store-alarm'; readonly alarm: StoreAlarm; readonly raised: boolean; readonly detail: string };

/**
 * Faults of the database under a store:
 * - `asynchronous-replication`: a failover would lose acknowledged reservations, since commits wait for no standby.
 * - `unsuitable-settings`: a setting with which the store would refuse to open, such as `fsync` turned off.
 * - `log-lost-its-end`: events are gone that the store acknowledged or read. Never cleared.
 */
export type StoreAlarm = 'asynchronous-replication' | 'unsuitable-settings' | 'log-lost-its-end';

/** Called synchronously, and should return soon. What it throws is ignored. */
export type Observer = (observation: Observation) => void;

/** One observer, or several that each receive every observation. */
export type Observers = Observer | readonly Observer[];
