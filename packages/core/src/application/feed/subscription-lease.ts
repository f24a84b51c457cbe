import type { Clock } from '../../ports/clock.ts';
import type { Observer } from '../../ports/observer.ts';
import type { Subscriptions } from '../../ports/subscriptions.ts';
import { createCheckpointSchedule } from './checkpoint-schedule.ts';
import type { SubscriptionPolicy } from './subscription-policy.ts';

/** The lease of a subscription held by this process: renewed, and the checkpoint saved, while events are handled. */
export interface SubscriptionLease {
  /** Aborts when another owner has the lease, or may have it. */
  readonly lost: AbortSignal;
  /** Called before each attempt: false when another process may be handling the event. */
  isCertain(): Promise<boolean>;
  /** Counts the event at this position, and all before it, as handled. */
  handled(position: number): void;
  /** Saves the checkpoint and releases the lease. No effect after a release, a stop or a lost lease. */
  release(): Promise<void>;
  /** Saves the checkpoint and stops the subscription at this event; false when the lease is lost. */
  stopAt(position: number, reason: string): Promise<boolean>;
}

/** Dependencies of {@link holdLease}. */
export interface LeaseDeps {
  readonly subscriptions: Subscriptions;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly name: string;
  readonly policy: SubscriptionPolicy;
}

/** A lease just acquired, with everything up to `position` handled. */
export interface AcquiredLease {
  readonly owner: string;
  readonly position: number;
  readonly leaseUntil: number;
}

/** Keeps the lease until it is lost or released. */
export function holdLease(deps: LeaseDeps, acquired: AcquiredLease): SubscriptionLease {
  const { subscriptions, clock, observer, name } = deps;
  const { owner } = acquired;
  const keeper = createKeeper(deps, acquired);
  let isGivenUp = false;

  return {
    lost: keeper.lost,
    async isCertain() {
      // The lease may have expired while the process was suspended: save first.
      if (clock.now() >= keeper.leaseUntil()) await keeper.save();
      return !keeper.lost.aborted && clock.now() < keeper.leaseUntil();
    },
    handled: keeper.handled,
    async release() {
      await keeper.end();
      if (keeper.lost.aborted || isGivenUp) return;
      try {
        await subscriptions.release({ name, owner, position: keeper.position() });
      } catch (error) {
        observer({ kind: 'feed-fault', subscription: name, error });
      }
    },
    async stopAt(position, reason) {
      await keeper.end();
      if (keeper.lost.aborted) return false;
      isGivenUp = await subscriptions.stop({ name, owner, position, reason });
      if (!isGivenUp) keeper.lose();
      return isGivenUp;
    },
  };
}

/** Saves the checkpoint and renews the lease with it whenever due. */
interface Keeper {
  readonly lost: AbortSignal;
  leaseUntil(): number;
  position(): number;
  handled(position: number): void;
  save(): Promise<void>;
  lose(): void;
  end(): Promise<void>;
}

function createKeeper({ subscriptions, clock, observer, name, policy }: LeaseDeps, acquired: AcquiredLease): Keeper {
  const { owner } = acquired;
  const schedule = createCheckpointSchedule(policy);
  const lost = new AbortController();
  const over = new AbortController();
  let { position, leaseUntil } = acquired;
  let nap = new AbortController();
  let saving: Promise<void> | null = null;
  const keeping = keep();

  async function keep(): Promise<void> {
    while (!over.signal.aborted && !lost.signal.aborted) {
      nap = new AbortController();
      const waitMs = schedule.dueAt(leaseUntil) - clock.now();
      if (waitMs > 0) await clock.sleep(waitMs, nap.signal);
      else await save();
    }
  }

  /** Runs one save at a time; calls during a save wait for it. */
  function save(): Promise<void> {
    saving ??= advance().finally(() => {
      saving = null;
    });
    return saving;
  }

  async function advance(): Promise<void> {
    const until = clock.now() + policy.leaseMs;
    const failed = schedule.begin();
    try {
      const isKept = await subscriptions.advance({ name, owner, position, leaseUntil: until });
      if (isKept) leaseUntil = until;
      else lose();
    } catch (error) {
      observer({ kind: 'feed-fault', subscription: name, error });
      failed(clock.now());
      if (clock.now() >= leaseUntil) lose();
    }
  }

  function lose(): void {
    if (lost.signal.aborted) return;
    lost.abort();
    observer({ kind: 'subscription-lost', subscription: name });
    nap.abort();
  }

  return {
    lost: lost.signal,
    leaseUntil: () => leaseUntil,
    position: () => position,
    handled(handled) {
      position = handled;
      if (schedule.handled(clock.now())) nap.abort();
    },
    save,
    lose,
    async end() {
      over.abort();
      nap.abort();
      await keeping;
      await saving;
    },
  };
}
