import type { AppendRequest, AppendResult, EventStore } from '../../src/ports/event-store.ts';
import type { DueWork } from '../../src/ports/due-work.ts';
import type { ReservationStore } from '../../src/ports/reservation-store.ts';
import type { ReservationView } from '../../src/ports/reservation-view.ts';
import type { Subscriptions } from '../../src/ports/subscriptions.ts';

/** A bug that an adapter could have, planted into a store that has none. */
export interface Sabotage {
  readonly bug: string;
  plant(store: ReservationStore): ReservationStore;
}

/** An adapter's append. */
export type Append = EventStore['append'];

/** A bug in append. */
export function inAppend(bug: string, plant: (append: Append, store: ReservationStore) => Append): Sabotage {
  return inEvents(bug, (events, store) => ({ ...events, append: plant(events.append, store) }));
}

/** A bug in the log. */
export function inEvents(bug: string, plant: (events: EventStore, store: ReservationStore) => EventStore): Sabotage {
  return { bug, plant: (store) => ({ ...store, events: plant(store.events, store) }) };
}

/** A bug in the read side. */
export function inView(bug: string, plant: (view: ReservationView) => ReservationView): Sabotage {
  return { bug, plant: (store) => ({ ...store, view: plant(store.view) }) };
}

/** A bug in the queue of due work. */
export function inWork(bug: string, plant: (work: DueWork) => DueWork): Sabotage {
  return { bug, plant: (store) => ({ ...store, work: plant(store.work) }) };
}

/** A bug in the checkpoints. */
export function inSubscriptions(bug: string, plant: (subscriptions: Subscriptions) => Subscriptions): Sabotage {
  return { bug, plant: (store) => ({ ...store, subscriptions: plant(store.subscriptions) }) };
}

/** Appends whatever the stream's version is. */
export async function force(append: Append, request: AppendRequest): Promise<AppendResult> {
  const result = await append(request);
  return result.kind === 'conflict' ? await append({ ...request, expected: result.actual }) : result;
}

/** What an append writes that forgets all but its events. */
export const EVENTS_ONLY = { summary: null, work: { change: 'keep' }, key: { kind: 'keep' } } as const;
