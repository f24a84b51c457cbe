import { randomUUID } from 'node:crypto';
import { type ReservationEvent, systemRuntime } from '@reservations/core';
import { encodeEvent, evolve, initialState, summarize } from '@reservations/core/operations';
import { type AppendRequest, type NewEvent, reservationIdFrom, toTimestamp } from '@reservations/core/ports';
import type { Rows } from './contender.ts';

const LEASE_MS = 20_000;
const NOTHING: AppendRequest['inlineWrites'] = { summary: null, work: { change: 'keep' }, key: { kind: 'keep' } };
const runtime = systemRuntime();

/** The append that opens a reservation, as the engine makes it: one event, and with it the rows that are asked for. */
export function openingAppend(rows: Rows): AppendRequest {
  const now = runtime.clock.now();
  const at = toTimestamp(now);
  const id = reservationIdFrom(runtime.newUuid());
  const about = { userId: 'user_1', reference: null, metadata: {} };
  const created: ReservationEvent = {
    type: 'RESERVATION_CREATED',
    data: { ...about, amountMinor: 1_050, currency: 'EUR', decimals: 2, at },
  };
  const state = evolve(initialState, created);
  if (state.stage === 'none') throw new Error('a created reservation is there');
  const commandId = runtime.newUuid();
  const metadata = {
    recordedAt: at,
    correlationId: id,
    causationId: commandId,
    traceparent: null,
    caller: 'anonymous',
  };
  const event: NewEvent = { id: runtime.newUuid(), ...encodeEvent(created), metadata };
  return {
    stream: id,
    expected: 'none',
    events: [event],
    commandId,
    inlineWrites:
      rows === 'events'
        ? NOTHING
        : {
            summary: summarize(id, state, 1, metadata.caller),
            work: {
              change: 'enqueue',
              kind: 'charge',
              id,
              owner: runtime.newUuid(),
              openedAt: now,
              leaseUntil: now + LEASE_MS,
            },
            key: { kind: 'claim', scope: 'bench', key: randomUUID(), fingerprint: 'body' },
          },
  };
}

/** The append that confirms what `opening` opened, as the engine makes it: one event, the view's row, no queue's row. */
export function closingAppend({ stream, events, inlineWrites }: AppendRequest): AppendRequest {
  const [first] = events;
  const { work, summary } = inlineWrites;
  if (first === undefined || work.change !== 'enqueue' || summary === null) throw new Error('that opens nothing');
  const at = toTimestamp(runtime.clock.now());
  const commandId = runtime.newUuid();
  const confirmed: ReservationEvent = {
    type: 'RESERVATION_CONFIRMED',
    data: { transactionId: `TXN-${stream}`, message: 'Payment approved', decidedBy: { kind: 'payment-service' }, at },
  };
  const event: NewEvent = { id: runtime.newUuid(), ...encodeEvent(confirmed), metadata: first.metadata };
  return {
    stream,
    expected: 1,
    events: [event],
    commandId,
    inlineWrites: {
      summary: {
        ...summary,
        status: 'RESERVATION_CONFIRMED',
        stage: 'confirmed',
        transactionId: `TXN-${stream}`,
        version: 2,
      },
      work: { change: 'remove', kind: work.kind, id: work.id, onlyIfLeasedBy: work.owner },
      key: { kind: 'keep' },
    },
  };
}
