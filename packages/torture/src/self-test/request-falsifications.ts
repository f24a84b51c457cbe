import type { Falsification } from './falsification.ts';
import { postOf, settled, withExchange, withTwin } from './material.ts';

/** Falsifications of requests and their keys. */
export const REQUEST_FALSIFICATIONS: readonly Falsification[] = [
  {
    name: 'a key made two reservations',
    violates: '12 one key makes one reservation, and another only after it failed unsent',
    apply: (evidence, reservations) =>
      withTwin(
        evidence,
        settled(reservations, 'confirmed', (reservation) => postOf(reservation).idempotencyKey !== null),
      ),
  },
  {
    name: 'a key returned what was never sent',
    violates: '12 the key of what was never sent is free again',
    apply: ({ exchanges }, reservations) => {
      const unsent = settled(
        reservations,
        'failed',
        (reservation) => reservation.row?.failureReason === 'not-sent' && postOf(reservation).idempotencyKey !== null,
      );
      const post = postOf(unsent);
      const [began, ended] = [post.ended + 0.1, post.ended + 0.2];
      return { exchanges: [...exchanges, { ...post, began, ended }] };
    },
  },
  {
    name: 'a request without a key made two reservations',
    violates: '12 one request without a key makes at most one reservation',
    apply: (evidence, reservations) =>
      withTwin(
        evidence,
        settled(reservations, 'confirmed', (reservation) => postOf(reservation).idempotencyKey === null),
      ),
  },
  {
    name: 'an invalid request made a reservation',
    violates: '13 an invalid request leaves no trace',
    apply: (evidence, reservations) => {
      const post = postOf(settled(reservations, 'confirmed'));
      return withExchange(evidence, post, { ...post, valid: false });
    },
  },
  {
    name: 'a reservation was not requested',
    violates: 'every reservation was requested',
    apply: ({ exchanges }, reservations) => {
      const { request } = postOf(settled(reservations, 'confirmed'));
      return {
        exchanges: exchanges.filter(
          (exchange) => exchange.method === 'GET' || exchange.request.userId !== request.userId,
        ),
      };
    },
  },
];
