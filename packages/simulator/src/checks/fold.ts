import { isDeepStrictEqual } from 'node:util';
import type { RecordedEvent, ReservationEvent, ReservationId, ReservationSummary } from '@reservations/core';
import { decodeKnownEvent, evolve, initialState, summarize } from '@reservations/core/operations';

/** The view's row as the fold of these events; null without events. */
export function rowOf(id: ReservationId, events: readonly RecordedEvent[]): ReservationSummary | null {
  const [first] = events;
  const state = events.map(decodeKnownEvent).reduce(evolve, initialState);
  return first === undefined || state.stage === 'none'
    ? null
    : summarize(id, state, events.length, first.metadata.caller);
}

/** The stream's terminal event; null without one. */
export function verdictOf(
  events: readonly RecordedEvent[],
): Extract<ReservationEvent, { type: 'RESERVATION_CONFIRMED' | 'RESERVATION_FAILED' }> | null {
  for (const event of events) {
    const decoded = decodeKnownEvent(event);
    if (decoded.type === 'RESERVATION_CONFIRMED' || decoded.type === 'RESERVATION_FAILED') return decoded;
  }
  return null;
}

/** True when both are equal plain data. */
export function isSame(a: unknown, b: unknown): boolean {
  return a === b || isDeepStrictEqual(a, b);
}
