import type { SubscriptionPolicy } from './subscription-policy.ts';

/** Pause before a failed save of the checkpoint is repeated, as a fraction of the lease. */
const SAVE_AGAIN_PART = 1 / 15;

/** Decides when a subscription's checkpoint is saved. Times are milliseconds since the epoch. */
export interface CheckpointSchedule {
  /** Counts a handled event; true when the time of the next save may have changed. */
  handled(now: number): boolean;
  /** Time of the next save: to renew a lease that ends at `leaseUntil`, or because enough events were handled. */
  dueAt(leaseUntil: number): number;
  /** Starts a save and resets the count; the returned function restores the count after a failed save. */
  begin(): (now: number) => void;
}

/** Creates a schedule with nothing to save. */
export function createCheckpointSchedule(policy: SubscriptionPolicy): CheckpointSchedule {
  let unsaved = { events: 0, since: 0 };
  let notBefore = 0;
  return {
    handled(now) {
      unsaved = { events: unsaved.events + 1, since: unsaved.events === 0 ? now : unsaved.since };
      return unsaved.events === 1 || unsaved.events === policy.checkpointEvents;
    },
    dueAt(leaseUntil) {
      const renewAt = leaseUntil - Math.ceil((policy.leaseMs * 2) / 3);
      if (unsaved.events === 0) return Math.max(notBefore, renewAt);
      const saveAt = unsaved.events >= policy.checkpointEvents ? 0 : unsaved.since + policy.checkpointMs;
      return Math.max(notBefore, Math.min(renewAt, saveAt));
    },
    begin() {
      const before = unsaved;
      unsaved = { events: 0, since: 0 };
      return (now) => {
        unsaved = { events: unsaved.events + before.events, since: now };
        notBefore = now + Math.ceil(policy.leaseMs * SAVE_AGAIN_PART);
      };
    },
  };
}
