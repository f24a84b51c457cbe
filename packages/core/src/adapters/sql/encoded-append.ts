import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import type { AppendRequest, ExpectedVersion } from '../../ports/event-store.ts';
import type { KeyChange, WorkChange } from '../../ports/inline-writes.ts';
import { type ReservationRow, toReservationRow } from './columns.ts';
import { type EncodedEvent, encodeNewEvent } from './rows/events.ts';

/** An append encoded as rows before its transaction begins. */
export interface EncodedAppend {
  readonly stream: string;
  readonly expected: ExpectedVersion;
  readonly commandId: string;
  readonly events: readonly EncodedEvent[];
  readonly reservation: ReservationRow | null;
  readonly work: WorkChange;
  readonly key: KeyChange;
}

/** Converts a display text to one that the database can store. */
export type TextForPeople = (text: string) => string;

/** Encodes everything that the append writes. */
export function encodeAppend(request: AppendRequest, textForPeople: TextForPeople = unchanged): EncodedAppend {
  const { stream, expected, commandId, events, inlineWrites } = request;
  const { summary, work, key } = inlineWrites;
  return {
    stream,
    expected,
    commandId,
    events: events.map(encodeNewEvent),
    reservation: summary === null ? null : toReservationRow(heldSummary(summary, textForPeople)),
    work: work.change === 'release' ? { ...work, lastOutcome: textForPeople(work.lastOutcome) } : { ...work },
    key: { ...key },
  };
}

/** The summary with a display text that the database can store. */
export function heldSummary(summary: ReservationSummary, textForPeople: TextForPeople): ReservationSummary {
  const message = textForPeople(summary.message);
  return message === summary.message ? summary : { ...summary, message };
}

function unchanged(text: string): string {
  return text;
}
