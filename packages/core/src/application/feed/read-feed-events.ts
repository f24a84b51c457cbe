import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import type { Money } from '../../domain/money.ts';
import { decodeEvent } from '../../domain/reservation/stored-event.ts';
import { assert, ReservationError } from '../../errors.ts';
import type { EventStore, RecordedEvent } from '../../ports/event-store.ts';
import type { DamagedEvent, FeedEvent } from './feed-event.ts';
import { FEED_OPENINGS_MAX } from './limits.ts';

/** What the first event of a stream says about all that follow. */
type Opening =
  | {
      readonly kind: 'reservation';
      readonly reservationId: ReservationId;
      readonly userId: string;
      readonly money: Money;
      readonly reference: string | null;
    }
  /** A later release wrote it. */
  | { readonly kind: 'unknown'; readonly reservationId: ReservationId | null }
  | { readonly kind: 'damaged'; readonly why: unknown };

/** Decodes pages of one log, and remembers how the streams that it met began. */
export interface FeedEventReader {
  /**
   * Decodes a page. Of a stream that began before it and is not remembered, the first event is read.
   * @throws {ReservationError} what the store throws; STORE_CORRUPT when a stream has no first event
   */
  read(page: readonly RecordedEvent[]): Promise<readonly (FeedEvent | DamagedEvent)[]>;
}

/** Builds it. It remembers at most {@link FEED_OPENINGS_MAX} streams: those that it met last. */
export function createFeedEventReader(events: EventStore): FeedEventReader {
  // Two generations, so that nothing is searched for what to forget. A page has fewer streams than a generation: all of
  // its own are in one of the two until the next page.
  let recent = new Map<string, Opening>();
  let older = new Map<string, Opening>();

  function remember(stream: string, opening: Opening): void {
    if (recent.size >= FEED_OPENINGS_MAX / 2) {
      older = recent;
      recent = new Map();
    }
    recent.set(stream, opening);
  }

  /** Sees to it that every stream of the page is remembered. */
  async function meet(page: readonly RecordedEvent[]): Promise<void> {
    const unread = new Map<string, RecordedEvent>();
    for (const event of page) {
      const { stream } = event;
      if (event.version === 1) remember(stream, openingOf(event));
      else if (!recent.has(stream)) {
        const opening = older.get(stream);
        if (opening === undefined) unread.set(stream, event);
        else remember(stream, opening);
      }
    }
    // All in one turn: a store may answer them together.
    const reads = Array.from(unread.values(), async (event) => {
      remember(event.stream, openingOf(await firstOf(events, event)));
    });
    await Promise.all(reads);
  }

  return {
    async read(page) {
      await meet(page);
      return page.map((recorded) => {
        const opening = recent.get(recorded.stream) ?? older.get(recorded.stream);
        assert(opening !== undefined, 'every stream of the page is remembered');
        return toFeedEvent(recorded, opening);
      });
    },
  };
}

async function firstOf(events: EventStore, { stream, position }: RecordedEvent): Promise<RecordedEvent> {
  const [first] = await events.readStream(stream, { after: 0, limit: 1 });
  if (first !== undefined) return first;
  const message = `the stream ${stream} has an event at position ${position} and no first event`;
  throw new ReservationError('STORE_CORRUPT', message);
}

function openingOf(first: RecordedEvent): Opening {
  const reservationId = parseReservationId(first.stream);
  try {
    const decoded = decodeEvent(first);
    if (decoded.kind === 'unknown') return { kind: 'unknown', reservationId };
    const { event } = decoded;
    if (event.type !== 'RESERVATION_CREATED') throw new Error(`the stream begins with ${event.type}`);
    if (reservationId === null) throw new Error('the stream is not named after a reservation');
    const { userId, amountMinor, currency, decimals, reference } = event.data;
    const money = { amountMinor, currency, decimals };
    // Not the metadata: with them, the streams that are remembered would take a hundred times the memory.
    return { kind: 'reservation', reservationId, userId, money, reference };
  } catch (why) {
    return { kind: 'damaged', why };
  }
}

function toFeedEvent(recorded: RecordedEvent, opening: Opening): FeedEvent | DamagedEvent {
  if (opening.kind === 'damaged') return damaged(recorded, opening.why);
  const { reservationId } = opening;
  const unknown = { ...recorded, kind: 'unknown', reservationId, event: null } as const;
  if (opening.kind === 'unknown') return unknown;
  const { userId, money, reference } = opening;
  try {
    const decoded = decodeEvent(recorded);
    if (decoded.kind === 'unknown') return unknown;
    return {
      ...recorded,
      kind: 'reservation',
      reservationId: opening.reservationId,
      userId,
      money,
      reference,
      event: decoded.event,
    };
  } catch (why) {
    return damaged(recorded, why);
  }
}

function damaged(recorded: RecordedEvent, cause: unknown): DamagedEvent {
  const where = `position ${recorded.position}, stream ${recorded.stream}, version ${recorded.version}`;
  const why = cause instanceof Error ? cause.message : String(cause);
  const error = new ReservationError('STORE_CORRUPT', `the event at ${where} cannot be read: ${why}`, { cause });
  return { ...recorded, kind: 'damaged', error };
}
