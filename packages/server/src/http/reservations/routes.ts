import type { CreateOptions, Reservations, ReservationSummary } from '@reservations/core';
import { callerOf } from '../../auth/principal.ts';
import { answerJson, answerProblem } from '../answer.ts';
import type { AppContext } from '../app-state.ts';
import { answerNotModified } from '../etag.ts';
import { type BodyRead, readBody } from '../body/read-body.ts';
import { findReservation } from './find-reservation.ts';
import { readIdempotencyKey } from './idempotency-key.ts';
import type { Problem } from '../problems/problems.ts';
import { readFields } from '../body/read-fields.ts';
import { requestFaultEntry } from '../problems/validation.ts';
import { answerKind, toWire } from './wire.ts';

/** `Retry-After` for a payment whose outcome is unknown. */
const RETRY_AFTER_PENDING_SECONDS = 2;

/** `Retry-After` when the payment service was not reached: the circuit breaker admits attempts again by then. */
const RETRY_AFTER_UNAVAILABLE_SECONDS = 5;

/** `Retry-After` while another request with the same key is processed. */
const RETRY_AFTER_IN_PROGRESS_SECONDS = 1;

/** Shown to one caller only, and stored by clients that ask each time whether it is still current. */
const CACHE_CONTROL = 'private, no-cache';

/** Options of the routes of reservations. */
export interface ReservationRoutesOptions {
  readonly reservations: Pick<Reservations, 'create' | 'get'>;
  readonly bodyLimitBytes: number;
}

/** `GET /reservations/{reservation_id}`. */
export function getReservation({
  reservations,
}: ReservationRoutesOptions): (ctx: AppContext, id: string) => Promise<void> {
  return async (ctx, id) => {
    const summary = await findReservation(ctx, reservations, id);
    if (summary === null) return;
    if (answerNotModified(ctx, `"v${summary.version}"`, CACHE_CONTROL)) return;
    answerJson(ctx, 200, toWire(summary));
  };
}

/**
 * `POST /reservations`. A client that hangs up while its payment is under way does not cancel it: the request was
 * accepted, and a charge that is cut off half-way would only have to be settled later.
 */
export function postReservation(options: ReservationRoutesOptions): (ctx: AppContext) => Promise<void> {
  return async (ctx) => {
    const encoding = ctx.get('Content-Encoding').toLowerCase();
    if (encoding !== '' && encoding !== 'identity') {
      answerProblem(ctx, { code: 'unsupported_content_encoding', detail: 'The body should not be compressed' });
      return;
    }
    const key = readIdempotencyKey(ctx.req.headers['idempotency-key'] as string | undefined);
    if (key.kind === 'malformed') {
      answerProblem(ctx, MALFORMED_KEY);
      return;
    }
    const body = await readBody(ctx.req, options.bodyLimitBytes);
    switch (body.kind) {
      case 'aborted':
        // No client is left to read an answer.
        ctx.respond = false;
        return;
      case 'too-large':
        answerProblem(ctx, bodyTooLarge(options.bodyLimitBytes));
        return;
      case 'consumed':
        ctx.state.fault = new Error(BODY_CONSUMED_DETAIL);
        answerProblem(ctx, { code: 'body_already_consumed', detail: BODY_CONSUMED_DETAIL });
        return;
      case 'read':
      case 'parsed':
        await create(ctx, options.reservations, body, key.kind === 'key' ? key.key : null);
    }
  };
}

const MALFORMED_KEY: Problem = {
  code: 'malformed_idempotency_key',
  detail: 'Idempotency-Key should be 1 to 255 visible ASCII characters, bare or in double quotes',
};

const BODY_CONSUMED_DETAIL =
  'The body was read before the request reached the reservations handler, and request.body does not hold it. ' +
  'Mount the handler before what reads bodies, or set request.body to what was read.';

/** The body may never end, so the connection cannot carry another request. */
function bodyTooLarge(limitBytes: number): Problem {
  return {
    code: 'body_too_large',
    detail: `The body should be at most ${limitBytes} bytes`,
    headers: { Connection: 'close' },
  };
}

async function create(
  ctx: AppContext,
  reservations: ReservationRoutesOptions['reservations'],
  body: Extract<BodyRead, { kind: 'read' | 'parsed' }>,
  idempotencyKey: string | null,
): Promise<void> {
  const fields = readFields(body, ctx.get('Content-Type'));
  if (fields.kind === 'invalid') {
    answerProblem(ctx, { code: 'validation_failed', detail: [fields.entry] });
    return;
  }
  const result = await reservations.create(fields.request, createOptions(ctx, idempotencyKey));
  switch (result.kind) {
    case 'invalid': {
      const entries = result.faults.map((fault) => requestFaultEntry(fault, fields.request.currency));
      answerProblem(ctx, { code: 'validation_failed', detail: entries });
      return;
    }
    case 'key-reused':
      ctx.state.knownKey = 'reused';
      answerProblem(ctx, { code: 'idempotency_key_reused', detail: KEY_REUSED_DETAIL });
      return;
    case 'key-in-progress':
      ctx.state.knownKey = 'in-progress';
      ctx.state.reservationId = result.reservationId;
      ctx.set({
        Location: locationOf(ctx, result.reservationId),
        'Retry-After': String(RETRY_AFTER_IN_PROGRESS_SECONDS),
      });
      answerProblem(ctx, { code: 'idempotency_key_in_progress', detail: KEY_IN_PROGRESS_DETAIL });
      return;
    case 'reservation':
      ctx.state.reservationId = result.reservation.reservationId;
      ctx.set('Location', locationOf(ctx, result.reservation.reservationId));
      if (result.replayed) {
        ctx.state.knownKey = 'replayed';
        ctx.set('Idempotent-Replayed', 'true');
      }
      answerReservation(ctx, result.reservation, idempotencyKey !== null);
  }
}

const KEY_REUSED_DETAIL = 'This Idempotency-Key belongs to a request with another body';
const KEY_IN_PROGRESS_DETAIL = 'The first request with this Idempotency-Key is still being processed';

function createOptions(ctx: AppContext, idempotencyKey: string | null): CreateOptions {
  const { traceparent } = ctx.state;
  return {
    caller: callerOf(ctx.state.principal),
    correlationId: ctx.state.requestId,
    ...(idempotencyKey === null ? {} : { idempotencyKey }),
    ...(traceparent === null ? {} : { traceparent }),
  };
}

function locationOf(ctx: AppContext, reservationId: string): string {
  return `${ctx.state.mountPath}/reservations/${reservationId}`;
}

function answerReservation(ctx: AppContext, summary: ReservationSummary, isKeyed: boolean): void {
  switch (answerKind(summary)) {
    case 'done':
      answerJson(ctx, 200, toWire(summary));
      return;
    case 'pending':
      ctx.set('Retry-After', String(RETRY_AFTER_PENDING_SECONDS));
      answerJson(ctx, 202, toWire(summary));
      return;
    case 'unavailable': {
      const { reservationId: reservation_id, status, message } = summary;
      answerProblem(ctx, {
        code: 'payment_unavailable',
        detail: { reservation_id, status, message },
        headers: mayRepeat(summary, isKeyed) ? { 'Retry-After': String(RETRY_AFTER_UNAVAILABLE_SECONDS) } : {},
      });
    }
  }
}

/**
 * True when the same request, sent again as it is, may have another result: a client must not be asked to repeat what
 * its key brings back unchanged. The key of what was never sent is free again; every other one stays bound.
 */
function mayRepeat({ failureReason }: ReservationSummary, isKeyed: boolean): boolean {
  return !isKeyed || failureReason === 'not-sent';
}
