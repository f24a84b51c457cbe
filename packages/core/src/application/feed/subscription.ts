import { isReservationError } from '../../errors.ts';
import type { RecordedEvent } from '../../ports/event-store.ts';
import { toObserver } from '../../ports/combine-observers.ts';
import type { Observer, Observers } from '../../ports/observer.ts';
import type { ReservationStore } from '../../ports/reservation-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import { DRAIN_MS } from '../payments/limits.ts';
import type { EventHandler } from './deliver.ts';
import type { LogPlace } from './follow.ts';
import { type AcquiredLease, holdLease } from './subscription-lease.ts';
import { FEED_FAULT_PAUSE_MAX_MS, SUBSCRIPTION_WAIT_MS } from './limits.ts';
import { consume } from './consume.ts';
import { subscriptionPolicy, type SubscriptionTuning } from './subscription-policy.ts';

/** Dependencies and options of a subscription. */
export interface SubscriptionDeps extends SubscriptionTuning {
  readonly store: Pick<ReservationStore, 'events' | 'subscriptions'>;
  readonly runtime: Runtime;
  /** Key of the checkpoint: one active reader for each name, however many servers start it. */
  readonly name: string;
  /** Called with one event at a time, in order; an event may be delivered again after it was handled. */
  readonly handle: EventHandler;
  /** Start position of a new subscription: it reads behind this position, which the log must have. Default 0. */
  readonly startAfter?: number;
  /** Receives the observations of the subscription. */
  readonly observer?: Observers;
}

/** A named reader of the log; at most one process is active at a time. */
export interface SubscriptionWorker {
  /** Waits for the lease, then reads. Further calls have no effect. */
  start(): void;
  /**
   * Delivers no further event, waits for the one in progress, saves the checkpoint and releases the lease. After `drainMs`
   * (default 20 s) the handler's signal aborts. Leaves the store open.
   */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Creates the worker. @throws {ReservationError} INVALID_OPTION */
export function createSubscriptionWorker(options: SubscriptionDeps): SubscriptionWorker {
  const { clock } = options.runtime;
  const stopping = new AbortController();
  const cancelled = new AbortController();
  const { name } = options;
  const observer = toObserver(options.observer);
  const takeTurn = createTurns({ ...options, observer }, stopping.signal, cancelled.signal);
  let loop: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = FEED_FAULT_PAUSE_MAX_MS;
      try {
        pauseMs = await takeTurn();
      } catch (error) {
        observer({ kind: 'feed-fault', subscription: name, error });
        if (isReservationError(error, 'STORE_CLOSED')) return;
      }
      await clock.sleep(pauseMs, stopping.signal);
    }
  }

  return {
    start() {
      if (!stopping.signal.aborted) loop ??= run();
    },
    async stop({ drainMs = DRAIN_MS } = {}) {
      stopping.abort();
      const drained = new AbortController();
      const patience = clock.sleep(drainMs, drained.signal).then(() => cancelled.abort());
      await loop;
      drained.abort();
      await patience;
    },
  };
}

/** One turn: requests the lease and reads while it is held. Returns the pause before the next turn, in milliseconds. */
function createTurns(
  options: SubscriptionDeps & { readonly observer: Observer },
  stopping: AbortSignal,
  cancelled: AbortSignal,
): () => Promise<number> {
  const { store, runtime, name, handle, startAfter = 0, observer } = options;
  const { events, subscriptions } = store;
  const { clock } = runtime;
  const policy = subscriptionPolicy(name, startAfter, options);
  // Id of the event at the checkpoint, if known: a log that lost its end may have another event there.
  let lastHandled: LogPlace | null = null;
  const handled = ({ position, id }: RecordedEvent): void => {
    lastHandled = { position, id };
  };
  const deps = { events, subscriptions, clock, observer, name, policy, handle, handled, stopping, cancelled };
  let toldOfStopAt: number | null = null;
  // Kept until the lease is acquired: an acquisition whose acknowledgement was lost must not lock this process out.
  let owner = runtime.newUuid();

  /** Reports each stop once, including one that happened before this process started. */
  function tellStop(position: number, detail: string): void {
    if (toldOfStopAt === position) return;
    toldOfStopAt = position;
    observer({ kind: 'subscription-stopped', subscription: name, position, detail });
  }

  async function readWhileHeld(acquired: AcquiredLease): Promise<void> {
    const { position } = acquired;
    const after = lastHandled?.position === position ? lastHandled : { position, id: null };
    const lease = holdLease(deps, acquired);
    try {
      const end = await consume(deps, lease, after);
      if (end.kind === 'stopped') tellStop(end.position, end.reason);
    } finally {
      await lease.release();
    }
  }

  return async () => {
    const now = clock.now();
    const leaseUntil = now + policy.leaseMs;
    const result = await subscriptions.acquire({ name, owner, startAfter, now, leaseUntil });
    switch (result.kind) {
      case 'held':
        return Math.max(policy.pollMinMs, Math.min(result.until - clock.now(), SUBSCRIPTION_WAIT_MS));
      case 'stopped':
        tellStop(result.position, result.reason);
        return SUBSCRIPTION_WAIT_MS;
      case 'acquired': {
        const acquired = { owner, position: result.position, leaseUntil };
        owner = runtime.newUuid();
        toldOfStopAt = null;
        await readWhileHeld(acquired);
        return policy.pollMinMs;
      }
    }
  };
}
