import type { ApiKey } from '../../ports/api-keys.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { KeyName } from '../../ports/inline-writes.ts';
import type { RecordedEvent } from '../../ports/event-store.ts';
import type { WorkItem, WorkName } from '../../ports/due-work.ts';
import type { Subscription } from '../../ports/subscriptions.ts';

/** Who claimed an idempotency key. */
export interface ClaimedKey {
  readonly stream: string;
  readonly fingerprint: string;
}

/** All that a store keeps. Whatever is put in is frozen. */
export interface Tables {
  /** Every event, in the order of positions. */
  readonly log: RecordedEvent[];
  /** The same events by stream, in the order of versions. */
  readonly streams: Map<string, RecordedEvent[]>;
  /** The view's rows by reservation id. */
  readonly summaries: Map<string, ReservationSummary>;
  /** Due work by {@link workKeyOf}. */
  readonly work: Map<string, WorkItem>;
  /** By {@link keyOf}. */
  readonly keys: Map<string, ClaimedKey>;
  /** By name. */
  readonly subscriptions: Map<string, Subscription>;
  /** By prefix. */
  readonly apiKeys: Map<string, ApiKey>;
}

/** An empty store. */
export function createTables(): Tables {
  return {
    log: [],
    streams: new Map(),
    summaries: new Map(),
    work: new Map(),
    keys: new Map(),
    subscriptions: new Map(),
    apiKeys: new Map(),
  };
}

/** One text for a kind and an id that no other pair has. */
export function workKeyOf({ kind, id }: WorkName): string {
  return JSON.stringify([kind, id]);
}

/** One text for a scope and a key that no other pair has. */
export function keyOf({ scope, key }: KeyName): string {
  return JSON.stringify([scope, key]);
}
