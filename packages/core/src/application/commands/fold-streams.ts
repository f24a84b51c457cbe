import { parseReservationId, type ReservationId } from '../../domain/ids.ts';
import { isKnownEvent } from '../../domain/reservation/stored-event.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { ReservationError } from '../../errors.ts';
import type { EventMetadata, RecordedEvent } from '../../ports/event-store.ts';
import type { EventText } from '../../ports/admin/store-transfer.ts';
import { foldOnto, type LoadedReservation, notYetCreated } from './load-reservation.ts';

/** A stream at its end. */
export type FoldedStream =
  | { readonly kind: 'folded'; readonly summary: ReservationSummary }
  /** It has events of a later release. `id` is null when it is not named after a reservation. */
  | { readonly kind: 'newer'; readonly id: ReservationId | null };

/**
 * Folds events that are ordered by stream and yields each stream at its end: the view's rows in order, with one stream in
 * memory at a time.
 * @throws {ReservationError} STORE_CORRUPT when events make no reservation.
 */
export async function* foldStreams(events: AsyncIterable<EventText>): AsyncGenerator<FoldedStream> {
  let stream: PartOfStream | null = null;
  for await (const text of events) {
    if (text.stream !== stream?.name) {
      if (stream !== null) yield atEnd(stream);
      stream = { name: text.stream, id: parseReservationId(text.stream), loaded: notYetCreated };
    }
    stream = withNext(stream, fromText(text));
  }
  if (stream !== null) yield atEnd(stream);
}

/** The events of a stream so far. */
interface PartOfStream {
  readonly name: string;
  readonly id: ReservationId | null;
  /** Null after an event of a later release. */
  readonly loaded: LoadedReservation | null;
}

function withNext(stream: PartOfStream, event: RecordedEvent): PartOfStream {
  if (stream.loaded === null) return stream;
  if (!isKnownEvent(event)) return { ...stream, loaded: null };
  if (stream.id === null) throw noReservation(stream);
  return { ...stream, loaded: foldOnto(stream.loaded, [event]) };
}

function atEnd(stream: PartOfStream): FoldedStream {
  const { id, loaded } = stream;
  if (loaded === null) return { kind: 'newer', id };
  const { state, version, origin } = loaded;
  if (id === null || state.stage === 'none' || origin === null) throw noReservation(stream);
  return { kind: 'folded', summary: summarize(id, state, version, origin.caller) };
}

function noReservation({ name }: PartOfStream): ReservationError {
  return new ReservationError('STORE_CORRUPT', `stream ${name} is no reservation's`);
}

function fromText(event: EventText): RecordedEvent {
  const data = JSON.parse(event.data) as RecordedEvent['data'];
  return { ...event, data, metadata: JSON.parse(event.metadata) as EventMetadata };
}
