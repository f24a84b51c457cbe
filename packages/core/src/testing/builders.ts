import type { ApiKey } from '../ports/api-keys.ts';
import { chargeIdOf } from '../domain/charge-id.ts';
import { type ReservationId, reservationIdFrom } from '../domain/ids.ts';
import { type ReservationSummary, summarize } from '../domain/reservation/summary.ts';
import type { InlineWrites } from '../ports/inline-writes.ts';
import type { AppendRequest, NewEvent, RecordedEvent } from '../ports/event-store.ts';

/** What an append writes when it writes nothing but events. */
export const NOTHING_ALONGSIDE: InlineWrites = { summary: null, work: { change: 'keep' }, key: { kind: 'keep' } };

/** A moment that examples use. */
export const EXAMPLE_TIME = '2026-01-02T03:04:05.678Z';

/** The n-th UUIDv7 of the examples; they sort by `n`. */
export function exampleUuid(n: number): string {
  const digits = n.toString(16).padStart(12, '0');
  return `019b0000-0000-7000-8000-${digits}`;
}

/** The n-th reservation of the examples. */
export function exampleId(n: number): ReservationId {
  return reservationIdFrom(exampleUuid(n));
}

/** Names the charge of the n-th reservation in the queue of due work. */
export function exampleCharge(n: number): { readonly kind: 'charge'; readonly id: string } {
  return { kind: 'charge', id: chargeIdOf(exampleId(n)) };
}

/** An event with something in every field; a different `n` makes a different event. */
export function exampleEvent(n: number, overrides: Partial<NewEvent> = {}): NewEvent {
  return {
    id: exampleUuid(n),
    type: 'RESERVATION_CREATED',
    schemaVersion: 1,
    data: { userId: `user_${n}`, amountMinor: 1_050, currency: 'EUR', decimals: 2, at: EXAMPLE_TIME },
    metadata: {
      recordedAt: EXAMPLE_TIME,
      correlationId: `request-${n}`,
      causationId: `command-${n}`,
      traceparent: null,
      caller: 'anonymous',
    },
    ...overrides,
  };
}

/** An append of one event to a stream that does not exist yet; the command is named after the event. */
export function exampleAppend(stream: string, overrides: Partial<AppendRequest> = {}): AppendRequest {
  const events = overrides.events ?? [exampleEvent(1)];
  return {
    stream,
    expected: 'none',
    events,
    commandId: `append-of-${events[0]?.id}`,
    inlineWrites: NOTHING_ALONGSIDE,
    ...overrides,
  };
}

/** A row of the view, of a reservation that is being processed. */
export function exampleSummary(
  reservationId: ReservationId,
  overrides: Partial<ReservationSummary> = {},
): ReservationSummary {
  const money = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };
  const about = { userId: 'user_1', money, reference: null, metadata: {} };
  const times = { createdAt: EXAMPLE_TIME, updatedAt: EXAMPLE_TIME };
  return { ...summarize(reservationId, { stage: 'processing', ...about, ...times }, 1, 'anonymous'), ...overrides };
}

/** The append's events as a store must hold them, the first of them at this version and position. */
export function recordedBy(
  request: AppendRequest,
  first: { readonly version: number; readonly position: number },
): readonly RecordedEvent[] {
  return request.events.map((event, index) => ({
    ...event,
    stream: request.stream,
    version: first.version + index,
    position: first.position + index,
    commandId: request.commandId,
  }));
}

/** The n-th API key of an example: all of one name, in the order of their numbers. */
export function exampleApiKey(n: number): Omit<ApiKey, 'revokedAt' | 'lastUsedOn'> {
  const digits = String(n).padStart(8, '0');
  return {
    prefix: `rsv_${digits}`,
    hash: digits.replace(/^0/, 'f').repeat(8),
    name: 'shop',
    scopes: ['reservations:write', 'reservations:read'],
    createdAt: 1_000,
    expiresAt: 9_000,
  };
}
