import { toMajorUnits } from '@reservations/core';
import type { ReservationEvidence } from '../evidence/reservation-evidence.ts';
import { REFUSED_USER } from '../workload/requests.ts';
import { type Check, eachReservation } from './check.ts';

/** Compares the ledger with the events. */
export const CHARGE_CHECKS: readonly Check[] = [
  eachReservation('1 charged at most once', ({ charges }) =>
    charges.length > 1 ? `charged ${charges.length} times` : null,
  ),
  eachReservation('2 nothing is sent or charged before it is reserved', sentBeforeReserved),
  eachReservation('3 confirmed means charged, with the same transaction', confirmedAndCharged),
  eachReservation('4 failed means never charged', ({ summaries, charges }) =>
    summaries.at(-1)?.stage === 'failed' && charges.length > 0
      ? `failed, yet charged: ${charges.map(({ transaction_id }) => transaction_id).join(', ')}`
      : null,
  ),
  eachReservation('5 an unknown outcome is no verdict', failedWithoutVerdict),
  eachReservation('19 reserved and charged amounts are equal', amountsDiffer),
];

function sentBeforeReserved({ events, charges, calls }: ReservationEvidence): string | null {
  const [created] = events;
  if (created === undefined) {
    if (charges.length > 0) return 'charged, but never reserved';
    return calls.length > 0 ? 'sent, but never reserved' : null;
  }
  // All clocks are this machine's own.
  const reservedAt = Date.parse(created.metadata.recordedAt);
  const earliest = Math.min(...calls.map(({ arrivedAt }) => arrivedAt), ...charges.map(({ at }) => Date.parse(at)));
  return earliest < reservedAt ? `sent or charged ${reservedAt - earliest} ms before it was reserved` : null;
}

function confirmedAndCharged({ summaries, charges }: ReservationEvidence): string | null {
  const last = summaries.at(-1);
  if (last?.stage !== 'confirmed') return null;
  if (charges.length === 0) return `confirmed with ${last.transactionId}, but never charged`;
  return charges.some(({ transaction_id }) => transaction_id === last.transactionId)
    ? null
    : `confirmed with ${last.transactionId}, charged with ${charges.map(({ transaction_id }) => transaction_id).join(', ')}`;
}

/** A failure needs a decline of the payment service, or that no call arrived there. */
function failedWithoutVerdict({ summaries, declines, calls, events }: ReservationEvidence): string | null {
  const last = summaries.at(-1);
  if (last?.stage !== 'failed') return null;
  switch (last.failureReason) {
    case 'declined':
      return declines.length > 0 || last.userId.startsWith(REFUSED_USER)
        ? null
        : 'failed as declined, but the payment service declined nothing';
    case 'not-sent':
      if (calls.length > 0) return `failed as not sent, but ${calls.length} calls arrived`;
      return events.some(({ type }) => type === 'PAYMENT_UNRESOLVED')
        ? 'failed as not sent after it was unknown'
        : null;
    case 'found-not-charged':
    case null:
      return `failed as ${last.failureReason}, but no operator resolved it`;
  }
}

function amountsDiffer({ summaries, charges, declines }: ReservationEvidence): string | null {
  const [first] = summaries;
  if (first === undefined) return null;
  const reserved = { amount: toMajorUnits(first), currency: first.currency, user: first.userId };
  for (const line of [...charges, ...declines]) {
    const taken = { amount: line.amount, currency: line.currency, user: line.user_id };
    if (JSON.stringify(taken) !== JSON.stringify(reserved)) {
      return `reserved ${JSON.stringify(reserved)}, the ledger has ${JSON.stringify(taken)}`;
    }
  }
  return null;
}
