import type { ReservationEvidence, EvidenceByReservation } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type ReservationRequest, type PostExchange, shownIn } from '../workload/exchange.ts';
import { type Check, overall } from './check.ts';

/** Compares requests with the reservations that they created. */
export const REQUEST_CHECKS: readonly Check[] = [
  overall('12 one key makes one reservation, and another only after it failed unsent', keysMadeOthers),
  overall('12 the key of what was never sent is free again', keysBroughtBack),
  overall('12 one request without a key makes at most one reservation', requestsMadeMany),
  overall('13 an invalid request leaves no trace', invalidRequestsLeftTraces),
  overall('19 requested and reserved amounts are equal', amountsDiffer),
  overall('every reservation was requested', notRequested),
];

function posts({ exchanges }: Evidence): readonly PostExchange[] {
  return exchanges.filter((exchange) => exchange.method === 'POST');
}

function* keysMadeOthers(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  for (const { key, uses, made } of keysIn(evidence, reservations)) {
    for (const [index, { id, events }] of made.entries()) {
      const next = made[index + 1];
      if (next === undefined) break;
      const end = events.at(-1);
      const isFree = isUnsent(made[index]) && (end?.position ?? 0) < (next.events[0]?.position ?? 0);
      if (!isFree) yield `key ${key}: it made ${id}, and then ${next.id}`;
    }
    // Another request with a used key is refused; the request that made the reservation never is.
    const users = new Set(uses.map(({ request }) => request.userId));
    const refused = uses.find(({ request, valid, result }) => {
      const isOwner = reservations.ofUser(request.userId).length > 0;
      return valid && result.kind === 'answer' && result.status === 422 && (isOwner || users.size === 1);
    });
    if (refused !== undefined) yield `key ${key}: the request of ${refused.request.userId} was refused`;
  }
}

/** A request after the answer that nothing was sent must not be answered with the same reservation. */
function* keysBroughtBack(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  for (const { key, uses, made } of keysIn(evidence, reservations)) {
    for (const { id } of made.filter(isUnsent)) {
      const answered = uses.filter((use) => shownIn(use)?.reservationId === id);
      const first = Math.min(...answered.map(({ ended }) => ended));
      if (answered.some(({ began }) => began > first)) yield `key ${key}: repeated, and answered with ${id}`;
    }
  }
}

interface UsedKey {
  readonly key: string;
  readonly uses: readonly PostExchange[];
  /** The reservations that it created, in the order of creation. */
  readonly made: readonly ReservationEvidence[];
}

function* keysIn(evidence: Evidence, reservations: EvidenceByReservation): Generator<UsedKey> {
  for (const [key, uses] of Map.groupBy(posts(evidence), ({ idempotencyKey }) => idempotencyKey)) {
    if (key === null) continue;
    const users = new Set(uses.map(({ request }) => request.userId));
    const made = [...users].flatMap((user) => reservations.ofUser(user));
    yield { key, uses, made: made.toSorted((one, other) => createdAt(one) - createdAt(other)) };
  }
}

function createdAt({ events }: ReservationEvidence): number {
  return events[0]?.position ?? 0;
}

/** True for a reservation that failed with the proof that nothing was sent. */
function isUnsent(reservation: ReservationEvidence | undefined): boolean {
  return reservation?.summaries.at(-1)?.failureReason === 'not-sent';
}

function* requestsMadeMany(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  for (const { request, idempotencyKey } of posts(evidence)) {
    const made = reservations.ofUser(request.userId);
    if (idempotencyKey === null && made.length > 1) yield `the request of ${request.userId} made ${idsOf(made)}`;
  }
}

function* invalidRequestsLeftTraces(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  for (const { request, valid, result } of posts(evidence)) {
    if (valid) continue;
    const made = reservations.ofUser(request.userId);
    if (made.length > 0) yield `the invalid request of ${request.userId} made ${idsOf(made)}`;
    if (result.kind === 'answer' && result.status !== 422 && result.status !== 503) {
      yield `the invalid request of ${request.userId} was answered ${result.status}`;
    }
  }
}

function* amountsDiffer(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  for (const { request } of posts(evidence)) {
    for (const { id, summaries } of reservations.ofUser(request.userId)) {
      const [requested, reserved] = [priceOf(request), priceOf(summaries[0] ?? request)];
      if (requested !== reserved) yield `${id}: requested ${requested}, reserved ${reserved}`;
    }
  }
}

function priceOf({ amountMinor, currency, decimals }: Omit<ReservationRequest, 'userId'>): string {
  return `${amountMinor} minor units of ${currency}, of which ${10 ** decimals} make one`;
}

/** A request without an answer may have created a reservation; a reservation without a request is a violation. */
function* notRequested(evidence: Evidence, reservations: EvidenceByReservation): Generator<string> {
  const users = new Set(posts(evidence).map(({ request }) => request.userId));
  for (const { id, events, summaries } of reservations.all) {
    const [first] = summaries;
    if (events.length > 0 && (first === undefined || !users.has(first.userId))) yield `no client requested ${id}`;
  }
}

function idsOf(reservations: readonly ReservationEvidence[]): string {
  return reservations.map(({ id }) => id).join(', ');
}
