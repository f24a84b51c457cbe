import type { Reservations } from '@reservations/core';
import { callerOf, visibilityOf } from '../../auth/principal.ts';
import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { writeCursor } from './cursor.ts';
import { readListRequest } from './list-request.ts';
import { toWire, type WireReservationPage } from './wire.ts';

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
    const { next } = page;
    const { order } = read.filter;
    ctx.set('Cache-Control', 'private, no-cache');
    answerJson(ctx, 200, {
      reservations: page.reservations.map(toWire),
      next: next === null ? null : writeCursor(order, next),
    } satisfies WireReservationPage);
  };
}
