import type { Dossier, Dossiers } from '../evidence/reservation-evidence.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Order, type Placing, sightIn } from '../workload/exchange.ts';
import { type Check, overall } from './check.ts';

/** Orders against the reservations that came of them. */
export const ORDER_CHECKS: readonly Check[] = [
  overall('12 one key makes one reservation, and another only after it failed unsent', keysMadeOthers),
  overall('12 the key of what was never sent is free again', keysBroughtBack),
  overall('12 one order without a key makes at most one reservation', ordersMadeMany),
  overall('13 an invalid order leaves no trace', invalidOrdersLeftTraces),
  overall('19 ordered and reserved amounts are equal', amountsDiffer),
  overall('every reservation was ordered', appearedFromNowhere),
];

function placings({ exchanges }: Evidence): readonly Placing[] {
  return exchanges.filter((exchange) => exchange.method === 'POST');
}

function* keysMadeOthers(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  for (const { key, uses, made } of keysIn(evidence, dossiers)) {
    for (const [index, { id, events }] of made.entries()) {
      const next = made[index + 1];
      if (next === undefined) break;
      const end = events.at(-1);
      const isFree = isUnsent(made[index]) && (end?.position ?? 0) < (next.events[0]?.position ?? 0);
      if (!isFree) yield `key ${key}: it made ${id}, and then ${next.id}`;
    }
    // Another order with a used key is refused; the order that made the reservation never is.
    const users = new Set(uses.map(({ order }) => order.userId));
    const refused = uses.find(({ order, valid, result }) => {
      const isOwner = dossiers.ofUser(order.userId).length > 0;
      return valid && result.kind === 'answer' && result.status === 422 && (isOwner || users.size === 1);
    });
    if (refused !== undefined) yield `key ${key}: the order of ${refused.order.userId} was refused`;
  }
}

/** A client that was told that nothing was sent is not answered with the same reservation when it asks again. */
function* keysBroughtBack(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  for (const { key, uses, made } of keysIn(evidence, dossiers)) {
    for (const { id } of made.filter(isUnsent)) {
      const told = uses.filter((use) => sightIn(use)?.reservationId === id);
      const first = Math.min(...told.map(({ ended }) => ended));
      if (told.some(({ began }) => began > first)) yield `key ${key}: asked again, and answered with ${id}`;
    }
  }
}

interface UsedKey {
  readonly key: string;
  readonly uses: readonly Placing[];
  /** The reservations that it made, in the order of creation. */
  readonly made: readonly Dossier[];
}

function* keysIn(evidence: Evidence, dossiers: Dossiers): Generator<UsedKey> {
  for (const [key, uses] of Map.groupBy(placings(evidence), ({ idempotencyKey }) => idempotencyKey)) {
    if (key === null) continue;
    const users = new Set(uses.map(({ order }) => order.userId));
    const made = [...users].flatMap((user) => dossiers.ofUser(user));
    yield { key, uses, made: made.toSorted((one, other) => createdAt(one) - createdAt(other)) };
  }
}

function createdAt({ events }: Dossier): number {
  return events[0]?.position ?? 0;
}

/** True for a reservation that failed with the proof that nothing was sent. */
function isUnsent(dossier: Dossier | undefined): boolean {
  return dossier?.summaries.at(-1)?.failureReason === 'not-sent';
}

function* ordersMadeMany(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  for (const { order, idempotencyKey } of placings(evidence)) {
    const made = dossiers.ofUser(order.userId);
    if (idempotencyKey === null && made.length > 1) yield `the order of ${order.userId} made ${idsOf(made)}`;
  }
}

function* invalidOrdersLeftTraces(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  for (const { order, valid, result } of placings(evidence)) {
    if (valid) continue;
    const made = dossiers.ofUser(order.userId);
    if (made.length > 0) yield `the invalid order of ${order.userId} made ${idsOf(made)}`;
    if (result.kind === 'answer' && result.status !== 422 && result.status !== 503) {
      yield `the invalid order of ${order.userId} was answered ${result.status}`;
    }
  }
}

function* amountsDiffer(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  for (const { order } of placings(evidence)) {
    for (const { id, summaries } of dossiers.ofUser(order.userId)) {
      const [ordered, reserved] = [priceOf(order), priceOf(summaries[0] ?? order)];
      if (ordered !== reserved) yield `${id}: ordered ${ordered}, reserved ${reserved}`;
    }
  }
}

function priceOf({ amountMinor, currency, decimals }: Omit<Order, 'userId'>): string {
  return `${amountMinor} minor units of ${currency}, of which ${10 ** decimals} make one`;
}

/** An order whose client heard nothing may have made a reservation; a reservation that nobody ordered may not be. */
function* appearedFromNowhere(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  const users = new Set(placings(evidence).map(({ order }) => order.userId));
  for (const { id, events, summaries } of dossiers.all) {
    const [first] = summaries;
    if (events.length > 0 && (first === undefined || !users.has(first.userId))) yield `nobody ordered ${id}`;
  }
}

function idsOf(dossiers: readonly Dossier[]): string {
  return dossiers.map(({ id }) => id).join(', ');
}
