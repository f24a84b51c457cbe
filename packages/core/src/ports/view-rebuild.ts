import type { ReservationSummary } from '../domain/reservation/summary.ts';
import type { RecordedEvent } from './event-store.ts';

/** The largest number of rows in one {@link ViewRebuild.put}. */
export const REBUILD_ROWS_MAX = 500;

/** The largest number of events that {@link ViewRebuild.switchOver} reads while it keeps writers out. */
export const REBUILD_EVENTS_BEHIND_MAX = 500;

/** The longest that a switch may be told to wait. */
export const REBUILD_PATIENCE_MAX_MS = 60_000;

/** Names a rebuild. */
export interface RebuildRequest {
  /** Never used for another rebuild. */
  readonly token: string;
  /** Milliseconds since the epoch; for people. */
  readonly startedAt: number;
}

/**
 * Makes the row of one reservation of all events of its stream, in order. Pure, as it may run twice; what it throws
 * keeps the switch from happening.
 */
export type ViewProjection = (stream: readonly RecordedEvent[]) => ReservationSummary;

/** When and how the new version takes the place of the old one. */
export interface SwitchRequest {
  /** Everything up to this position has been put. A whole number from 0; anything else rejects with any error. */
  readonly after: number;
  readonly project: ViewProjection;
  /** How long the switch may wait for those who use the view. Whoever comes later waits behind it. 1 to {@link REBUILD_PATIENCE_MAX_MS}. */
  readonly patienceMs: number;
}

/** What came of a switch. Nothing was changed unless the kind is "switched". */
export type SwitchResult =
  | { readonly kind: 'switched' }
  /** More than {@link REBUILD_EVENTS_BEHIND_MAX} events are behind `after`. */
  | { readonly kind: 'behind' }
  /** Somebody used the view for longer than `patienceMs`. */
  | { readonly kind: 'busy' };

/**
 * A new version of the view, invisible until the switch. Appends go on and write to the version that is shown.
 *
 * Once a later rebuild began, or this one was abandoned or has switched, `put` and `switchOver` throw
 * ReservationError REBUILD_SUPERSEDED and change nothing.
 */
export interface ViewRebuild {
  /**
   * Writes rows, each of another reservation, at most {@link REBUILD_ROWS_MAX}, or none; more reject with any error. A
   * row that is there stays when its `version` is not lower.
   */
  put(rows: readonly ReservationSummary[]): Promise<void>;
  /**
   * In one transaction that keeps writers out: projects every stream that has an event behind `after`, writes those
   * rows, and shows the new version in the place of the old one, which is gone.
   */
  switchOver(request: SwitchRequest): Promise<SwitchResult>;
  /** Removes the new version. Without effect when it was superseded or shown. */
  abandon(): Promise<void>;
}
