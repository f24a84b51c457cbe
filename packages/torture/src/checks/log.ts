import { isDeepStrictEqual } from 'node:util';
import type { ReservationSummary } from '@reservations/core';
import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Check, eachReservation, overall } from './check.ts';

/** Checks the event store on its own. */
export const LOG_CHECKS: readonly Check[] = [
  eachReservation('8 one verdict, and it is the last event', verdictNotLast),
  eachReservation('9 versions are 1 to n', ({ events }) => {
    const versions = events.map(({ version }) => version);
    return versions.every((version, index) => version === index + 1) ? null : `versions are ${versions.join(', ')}`;
  }),
  overall('10 positions are 1 to n', ({ events }) => {
    const wrong = events.findIndex(({ position }, index) => position !== index + 1);
    return wrong === -1 ? [] : [`event ${wrong + 1} of the log has position ${events[wrong]?.position}`];
  }),
  overall('10 a follower sees each event once and in order', followedOtherwise),
  eachReservation('11 the view is the folded stream', viewDiffers),
  overall('11 the store verifies', ({ storeFaults }) => storeFaults),
];

const VERDICTS: ReadonlySet<string> = new Set(['RESERVATION_CONFIRMED', 'RESERVATION_FAILED']);

function verdictNotLast({ events }: ReservationEvidence): string | null {
  const first = events.findIndex(({ type }) => VERDICTS.has(type));
  return first === -1 || first === events.length - 1 ? null : `${events[first]?.type} is followed by other events`;
}

function followedOtherwise({ events, follower }: Evidence): readonly string[] {
  const { eventIds } = follower;
  const wrong = events.findIndex(({ id }, index) => id !== eventIds[index]);
  if (wrong !== -1) {
    return [`at position ${wrong + 1} the log has event ${events[wrong]?.id}, the follower saw ${eventIds[wrong]}`];
  }
  return eventIds.length === events.length
    ? []
    : [`the follower saw ${eventIds.length} events, the log has ${events.length}`];
}

function viewDiffers({ events, summaries, row }: ReservationEvidence): string | null {
  if (events.length === 0) return row === null ? null : 'the view has a row, the log has no stream';
  if (summaries.length < events.length) return `event ${summaries.length + 1} of the stream cannot be folded`;
  if (row === null) return 'the log has a stream, the view has no row';
  const folded = summaries.at(-1);
  const fields = Object.keys(row) as (keyof ReservationSummary)[];
  const wrong = fields.filter((field) => !isDeepStrictEqual(row[field], folded?.[field]));
  return wrong.length === 0
    ? null
    : wrong
        .map((field) => `${field} is ${JSON.stringify(row[field])}, folded ${JSON.stringify(folded?.[field])}`)
        .join('; ');
}
