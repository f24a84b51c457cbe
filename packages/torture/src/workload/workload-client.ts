import { pause } from '../support/pause.ts';
import type { Random } from '../support/seeded-random.ts';
import { type Order, type Placing, reservationIdOf, sightIn } from './exchange.ts';
import type { Client } from './http-client.ts';
import type { OrderBook } from './requests.ts';

export interface ShopperOptions {
  readonly client: Client;
  readonly random: Random;
  readonly orders: OrderBook;
  readonly url: () => string | null;
  readonly signal: AbortSignal;
  /** Begins this shopper's keys; no other shopper has it. */
  readonly name: string;
  /** Told of every reservation that an answer names. */
  readonly learn: (reservationId: string | null) => void;
}

/** What a shopper may do, and how often. */
const HABITS = [
  { kind: 'without key', weight: 50 },
  { kind: 'with key', weight: 38 },
  { kind: 'in parallel', weight: 4 },
  { kind: 'key used again', weight: 4 },
  { kind: 'invalid', weight: 4 },
] as const;

const LOOK_PROBABILITY = 0.5;
const PAUSE_MS_MAX = 40;
const NOBODY_THERE_MS = 50;
const RETRY_MS = 150;
const UNAVAILABLE_MS = 400;
const ATTEMPTS_MAX = 100;
const PARALLEL_MAX = 5;

/** How often a client makes a reservation anew with its key after the one before was not sent. */
const UNSENT_MAX = 5;

/** Places one order after the other until the signal aborts; what it begins it brings to an end. */
export async function shop(options: ShopperOptions): Promise<void> {
  const { client, random, orders, url, signal, name, learn } = options;
  let keys = 0;
  const newKey = (): string => `shopper-${name}-${(keys += 1)}`;

  async function place(order: Order, idempotencyKey: string | null, valid: boolean): Promise<Placing | null> {
    const at = url();
    if (at === null) return null;
    const placing = await client.post(at, { order, idempotencyKey, valid });
    learn(reservationIdOf(placing));
    if (sightIn(placing) !== null && random.chance(LOOK_PROBABILITY)) await lookElsewhere(placing);
    if (placing.result.kind === 'answer' && placing.result.status === 503) await pause(UNAVAILABLE_MS);
    return placing;
  }

  /** What one server has just answered, every other one shows too. */
  async function lookElsewhere(placing: Placing): Promise<void> {
    const [id, elsewhere] = [reservationIdOf(placing), url()];
    if (id !== null && elsewhere !== null && elsewhere !== placing.server) await client.get(elsewhere, id);
  }

  /**
   * As a client does that must know: asks with the same key until there is an answer, and again when the answer says
   * that nothing was charged and asks for it.
   */
  async function placeUntilAnswered(order: Order, key: string): Promise<void> {
    let unsent = 0;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const placing = await place(order, key, true);
      if (placing !== null && isFinal(placing)) {
        if (!wasNeverSent(placing) || unsent === UNSENT_MAX) return;
        unsent += 1;
      }
      await pause(RETRY_MS);
    }
  }

  while (!signal.aborted) {
    if (url() === null) {
      await pause(NOBODY_THERE_MS, signal);
      continue;
    }
    const order = orders.draw();
    switch (random.weighted(HABITS).kind) {
      case 'without key':
        await place(order, null, true);
        break;
      case 'with key':
        await placeUntilAnswered(order, newKey());
        break;
      case 'in parallel': {
        const key = newKey();
        const times = random.whole(2, PARALLEL_MAX);
        await Promise.all(Array.from({ length: times }, () => placeUntilAnswered(order, key)));
        break;
      }
      case 'key used again': {
        const key = newKey();
        await placeUntilAnswered(order, key);
        await place(orders.draw(), key, true);
        break;
      }
      case 'invalid':
        await place({ ...order, amountMinor: -order.amountMinor }, newKey(), false);
        break;
    }
    await pause(random.whole(0, PAUSE_MS_MAX), signal);
  }
}

/** An answer that says what became of the order, as opposed to "later", "not now" and a broken connection. */
function isFinal(placing: Placing): boolean {
  const { result } = placing;
  return sightIn(placing) !== null || (result.kind === 'answer' && result.status === 422);
}

/** The words of the contract by which a client knows that its key is free again. */
function wasNeverSent({ result }: Placing): boolean {
  if (result.kind !== 'answer' || result.status !== 503) return false;
  const { detail } = result.body;
  if (typeof detail !== 'object' || detail === null || !('message' in detail)) return false;
  return String(detail.message).includes('Nothing was charged');
}
