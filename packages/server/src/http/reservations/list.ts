import type { Reservations, ReservationSummary } from '@reservations/core';
import { callerOf, visibilityOf } from '../../auth/principal.ts';
import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { writeCursor } from './cursor.ts';
import { readListRequest } from './list-request.ts';
import { toWire, type WireReservationPage } from './wire.ts';

/** Once the metadata of a page have this length, in UTF-16 code units, no reservation joins it: an answer holds up others. */
const METADATA_LENGTH_MAX = 256 * 1024;

/** `GET /reservations`: a page of the reservations that the sender may see. */
export function listReservations(reservations: Pick<Reservations, 'list'>): (ctx: AppContext) => Promise<void> {
  return async (ctx) => {
    const read = readListRequest(ctx.query);
    if (!read.ok) {
      answerProblem(ctx, { code: 'validation_failed', detail: read.entries });
      return;
    }
    const { principal } = ctx.state;
    const page = await reservations.list(read.filter, {
      caller: callerOf(principal),
      visibility: visibilityOf(principal),
    });
    const shown = withinLength(page.reservations);
    const next = shown.length < page.reservations.length ? (shown.at(-1)?.reservationId ?? null) : page.next;
    const { order } = read.filter;
    ctx.set('Cache-Control', 'private, no-cache');
    answerJson(ctx, 200, {
      reservations: shown.map(toWire),
      next: next === null ? null : writeCursor(order, next),
    } satisfies WireReservationPage);
  };
}

function withinLength(reservations: readonly ReservationSummary[]): readonly ReservationSummary[] {
  let length = 0;
  const last = reservations.findIndex(({ metadata }) => {
    for (const value of Object.values(metadata)) length += value.length;
    return length >= METADATA_LENGTH_MAX;
  });
  return last === -1 ? reservations : reservations.slice(0, last + 1);
}
