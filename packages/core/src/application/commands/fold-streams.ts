import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { ReservationError } from '../../errors.ts';
import type { EventMetadata, RecordedEvent } from '../../ports/event-store.ts';
import type { EventText } from '../../ports/admin/store-transfer.ts';
import { foldOnto, type LoadedReservation, notYetCreated } from './load-reservation.ts';

/**
 * Folds events that are ordered by stream and yields each stream's summary at its end: the view's rows in order, with one
 * stream in memory at a time.
 * @throws {ReservationError} STORE_CORRUPT when events make no reservation.
 */
export async function* foldStreams(events: AsyncIterable<EventText>): AsyncGenerator<ReservationSummary> {
  let id: ReservationId | null = null;
  let loaded = notYetCreated;
  for await (const event of events) {
    if (event.stream !== id) {
      if (id !== null) yield summaryOf(id, loaded);
      id = idOf(event);
      loaded = notYetCreated;
    }
    loaded = foldOnto(loaded, [fromText(event)]);
  }
  if (id !== null) yield summaryOf(id, loaded);
}

function summaryOf(id: ReservationId, { state, version }: LoadedReservation): ReservationSummary {
  if (state.stage === 'none') throw new ReservationError('STORE_CORRUPT', `stream ${id} makes no reservation`);
  return summarize(id, state, version);
}

function idOf({ stream }: EventText): ReservationId {
  const id = parseReservationId(stream);
  if (id === null) throw new ReservationError('STORE_CORRUPT', `stream ${stream} is no reservation's`);
  return id;
}

function fromText(event: EventText): RecordedEvent {
  return {
    stream: event.stream,
    version: event.version,
    position: event.position,
    id: event.id,
    commandId: event.commandId,
    type: event.type,
    schemaVersion: event.schemaVersion,
    data: JSON.parse(event.data) as RecordedEvent['data'],
    metadata: JSON.parse(event.metadata) as EventMetadata,
  };
}
