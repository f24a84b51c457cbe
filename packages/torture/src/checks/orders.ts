import type { Dossier, Dossiers } from '../evidence/dossier.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { type Order, type Placing, sightIn } from '../load/exchange.ts';
import { type Check, overall } from './check.ts';

/** Orders against the reservations that came of them. */
export const ORDER_CHECKS: readonly Check[] = [
  overall('12 one key makes one reservation', keysMadeOthers),
  overall('12 one order without a key makes at most one reservation', ordersMadeMany),
  overall('13 an invalid order leaves no trace', invalidOrdersLeftTraces),
  overall('19 ordered and reserved amounts are equal', amountsDiffer),
  overall('every reservation was ordered', appearedFromNowhere),
];

function placings({ exchanges }: Evidence): readonly Placing[] {
  return exchanges.filter((exchange) => exchange.method === 'POST');
}

function* keysMadeOthers(evidence: Evidence, dossiers: Dossiers): Generator<string> {
  const keyed = placings(evidence).filter(({ idempotencyKey }) => idempotencyKey !== null);
  for (const [key, uses] of Map.groupBy(keyed, ({ idempotencyKey }) => idempotencyKey)) {
    const told = new Set(uses.flatMap((use) => sightIn(use)?.reservationId ?? []));
    const users = new Set(uses.map(({ order }) => order.userId));
    const made = [...users].flatMap((user) => dossiers.ofUser(user)).map(({ id }) => id);
    if (told.size > 1) yield `key ${key}: clients were told of ${[...told].join(', ')}`;
    if (made.length > 1) yield `key ${key}: the store has ${made.join(', ')}`;
    // Another order with a used key is refused; the order that made the reservation never is.
    const refused = uses.find(({ order, valid, result }) => {
      const isOwner = dossiers.ofUser(order.userId).length > 0;
      return valid && result.kind === 'answer' && result.status === 422 && (isOwner || users.size === 1);
    });
    if (refused !== undefined) yield `key ${key}: the order of ${refused.order.userId} was refused`;
  }
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
