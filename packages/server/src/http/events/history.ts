import type { FeedEvent, ReservationStore } from '@reservations/core';
import { decodeEvent } from '@reservations/core/operations';
import { READ_LIMIT_MAX } from '@reservations/core/ports';
import { toWireEvent, type WireEvent } from './wire.ts';

/**
 * Returns the events of a reservation behind a position (0: all), in order.
 * @throws {Error} what the store throws, and for damaged events
 */
export async function readHistory(
  { events }: Pick<ReservationStore, 'events'>,
  reservationId: string,
  after = 0,
): Promise<readonly WireEvent[]> {
  const found: WireEvent[] = [];
  for (let version = 0; ;) {
    const page = await events.readStream(reservationId, { after: version, limit: READ_LIMIT_MAX });
    for (const recorded of page) {
      version = recorded.version;
      const decoded = decodeEvent(recorded);
      const event: FeedEvent['event'] = decoded.kind === 'known' ? decoded.event : null;
      if (recorded.position > after) found.push(toWireEvent({ ...recorded, event }));
    }
    if (page.length < READ_LIMIT_MAX) return found;
  }
}
