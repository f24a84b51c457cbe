import type { Clock } from '../../ports/clock.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { Observer } from '../../ports/observer.ts';
import { deliver, type EventHandler } from './deliver.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import { follow, type LogPlace } from './follow.ts';
import type { SubscriptionLease } from './subscription-lease.ts';
import type { SubscriptionPolicy } from './subscription-policy.ts';

/** Dependencies of {@link consume}. */
export interface ConsumeDeps {
  readonly events: EventStore;
  readonly clock: Clock;
  readonly observer: Observer;
  readonly name: string;
  readonly policy: SubscriptionPolicy;
  readonly handle: EventHandler;
  /** Called with each event that counts as handled. */
  readonly handled: (event: RecordedEvent) => void;
  /** Aborts when no further event may be started. */
  readonly stopping: AbortSignal;
  /** Aborts when the event in progress must be abandoned. */
  readonly cancelled: AbortSignal;
}

/** Passes damaged events on: they are delivered as events that cannot be handled. */
function accept(event: FeedEvent | DamagedEvent): FeedEvent | DamagedEvent {
  return event;
}

/** Why consuming ended. */
export type ConsumeEnd =
  /** The process is stopping, or the lease was lost. */
  | { readonly kind: 'interrupted' }
  /** The subscription was stopped at this event. */
  | { readonly kind: 'stopped'; readonly position: number; readonly reason: string };

/**
 * Delivers events one after the other while the lease is held.
 * @throws the store's errors, except those of reads while it is unavailable
 */
export async function consume(deps: ConsumeDeps, lease: SubscriptionLease, after: LogPlace): Promise<ConsumeEnd> {
  const { events, clock, observer, name, policy, handle } = deps;
  const { isCertain } = lease;
  const ended = AbortSignal.any([deps.stopping, lease.lost]);
  const signal = AbortSignal.any([deps.cancelled, lease.lost]);
  const delivery = { handle, clock, observer, name, policy, isCertain, signal, ended };
  const feed = follow(
    { events, clock, observer, subscription: name },
    { ...policy, onUnknown: 'deliver', after, until: null, accept, signal: ended },
  );
  function handled(event: RecordedEvent): void {
    lease.handled(event.position);
    deps.handled(event);
  }

  for await (const event of feed) {
    const { position } = event;
    // The checkpoint passes over it, too.
    if (event.kind === 'unknown' && policy.onUnknown === 'skip') {
      handled(event);
      continue;
    }
    const result = await deliver(delivery, event);
    switch (result.kind) {
      case 'handled':
        handled(event);
        break;
      case 'interrupted':
        return result;
      case 'poisonous': {
        const { reason } = result;
        if (policy.onPoison === 'stop') {
          return (await lease.stopAt(position, reason))
            ? { kind: 'stopped', position, reason }
            : { kind: 'interrupted' };
        }
        observer({ kind: 'subscription-skipped', subscription: name, position, detail: reason });
        handled(event);
      }
    }
  }
  return { kind: 'interrupted' };
}
