import type { PaymentIdempotency } from '@reservations/core/ports';
import type { SeededRandom } from '@reservations/core/testing';
import type { ReservationRequest } from './exchange.ts';

/** A behaviour of the payment service towards a user, by the beginning of the user's id. */
interface Persona {
  readonly prefix: string;
  readonly weight: number;
  /** False when no repetition gets a verdict from the payment service. */
  readonly settles: boolean;
}

const PERSONAS: readonly Persona[] = [
  { prefix: 'customer', weight: 700, settles: true },
  { prefix: 'user_decline_insufficient_funds', weight: 60, settles: true },
  { prefix: 'user_charged_then_lost', weight: 60, settles: true },
  { prefix: 'user_charged_then_cut', weight: 30, settles: true },
  { prefix: 'user_unavailable_twice', weight: 50, settles: true },
  { prefix: 'user_already_exists_with_transaction', weight: 20, settles: true },
  // A refusal leaves open an earlier attempt, which a crash may have hidden.
  { prefix: 'user_invalid_argument', weight: 20, settles: false },
  { prefix: 'user_charged_late', weight: 6, settles: true },
  { prefix: 'user_already_exists', weight: 20, settles: false },
  { prefix: 'user_success_without_transaction', weight: 20, settles: false },
  { prefix: 'user_empty_reply', weight: 20, settles: false },
  { prefix: 'user_internal_error', weight: 10, settles: false },
  { prefix: 'user_permission_denied', weight: 10, settles: false },
  { prefix: 'user_timeout', weight: 3, settles: false },
];

/** Prefix of users that the payment service refuses without an entry in its ledger. */
export const REFUSED_USER = 'user_invalid_argument';

const CURRENCIES = [
  { currency: 'EUR', decimals: 2 },
  { currency: 'EUR', decimals: 2 },
  { currency: 'JPY', decimals: 0 },
  { currency: 'KWD', decimals: 3 },
];

const AMOUNT_USUAL_MAX = 1_000_000;
const AMOUNT_MAX = 999_999_999_999_999;
const LARGE_PROBABILITY = 0.05;

/** Draws requests. */
export interface RequestSource {
  draw(): ReservationRequest;
}

/** Builds a source of requests. Each has a user of its own, whose id decides the payment service's behaviour. */
export function createRequestSource(
  random: SeededRandom,
  idempotency: PaymentIdempotency,
  label: string,
): RequestSource {
  // Without idempotency a payment is never sent again: what has no verdict is escalated at once.
  const personas = PERSONAS.filter(({ settles }) => settles || idempotency === 'none');
  let drawn = 0;
  return {
    draw() {
      drawn += 1;
      const { prefix } = random.pickWeighted(personas);
      const amountMinor = random.integer(1, random.chance(LARGE_PROBABILITY) ? AMOUNT_MAX : AMOUNT_USUAL_MAX);
      return { userId: `${prefix}_${label}_${drawn}`, amountMinor, ...random.pick(CURRENCIES) };
    },
  };
}
