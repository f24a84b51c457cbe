import {
  createReservations,
  type CreateRequest,
  type PaymentGateway,
  type PaymentOutcome,
  type ReservationSummary,
  toMajorUnits,
} from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import type { CallLogLine, LedgerEntry } from '@reservations/core/sandbox';
import type { Evidence } from '../evidence/evidence.ts';
import { gatherFromStore } from '../evidence/gather.ts';
import { wireOf } from '../evidence/wire.ts';
import type { Exchange, ReservationRequest } from '../workload/exchange.ts';
import { call } from './material.ts';

/** Requests for one reservation of each kind that a falsification starts from. */
const REQUESTS: readonly (ReservationRequest & { readonly key: string | null })[] = [
  { userId: 'customer_1', amountMinor: 1_050, decimals: 2, currency: 'EUR', key: null },
  { userId: 'customer_2', amountMinor: 1_234, decimals: 3, currency: 'KWD', key: 'key-2' },
  { userId: 'decline_3', amountMinor: 700, decimals: 0, currency: 'JPY', key: null },
  { userId: 'down_4', amountMinor: 100, decimals: 2, currency: 'EUR', key: 'key-4' },
];

/** Good evidence of a run without faults: the real engine in this process, with a minimal payment service. */
export async function sampleEvidence(): Promise<Evidence> {
  const store = createMemoryStore();
  const records = { ledger: [] as LedgerEntry[], calls: [] as CallLogLine[] };
  const reservations = createReservations({ store, gateway: sampleGateway(records) });
  const exchanges: Exchange[] = [];
  let tick = 0;
  for (const { key, ...request } of REQUESTS) {
    const beganAt = Date.now();
    const result = await reservations.create(toRequest(request), key === null ? {} : { idempotencyKey: key });
    if (result.kind !== 'reservation') throw new Error(`expected a reservation, got ${result.kind}`);
    const { reservationId } = result.reservation;
    const times = (): Pick<Exchange, 'server' | 'began' | 'ended' | 'beganAt' | 'endedAt'> => ({
      server: 'http://127.0.0.1:8000',
      began: (tick += 1),
      ended: (tick += 1),
      beganAt,
      endedAt: Date.now(),
    });
    const post = { method: 'POST', request, idempotencyKey: key, valid: true } as const;
    exchanges.push({ ...post, ...times(), result: toResult(result.reservation) });
    exchanges.push({ method: 'GET', reservationId, ...times(), result: toResult(result.reservation) });
  }
  const stored = await gatherFromStore(store);
  const follower = { eventIds: stored.events.map(({ id }) => id) };
  return {
    idempotency: 'by-reservation-id',
    answerUnknownAs: 'pending',
    exchanges,
    ...stored,
    follower,
    ...records,
    contradictions: [],
    storeAlarms: [],
    incidents: [],
  };
}

function sampleGateway(records: { readonly ledger: LedgerEntry[]; readonly calls: CallLogLine[] }): PaymentGateway {
  return {
    idempotency: 'by-reservation-id',
    chargesMax: 512,
    async charge({ reservationId, userId, money }): Promise<PaymentOutcome> {
      if (userId.startsWith('down')) return { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
      records.calls.push(...call(reservationId, 1, Date.now()));
      const declined = userId.startsWith('decline');
      const transaction_id = declined ? '' : `TXN-${reservationId}`;
      records.ledger.push({
        at: new Date().toISOString(),
        result: declined ? 'declined' : 'charged',
        reservation_id: reservationId,
        user_id: userId,
        amount: toMajorUnits(money),
        currency: money.currency,
        transaction_id,
        message: 'ok',
      });
      return declined
        ? { kind: 'declined', message: 'ok' }
        : { kind: 'approved', transactionId: transaction_id, message: 'ok' };
    },
    close: () => Promise.resolve(),
  };
}

function toRequest({ userId, currency, ...money }: ReservationRequest): CreateRequest {
  return { userId, amount: toMajorUnits({ ...money, currency }), currency };
}

function toResult(reservation: ReservationSummary): Exchange['result'] {
  return { kind: 'answer', status: 200, replayed: false, body: wireOf(reservation) };
}
