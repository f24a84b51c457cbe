import type { PaymentIdempotency } from '@reservations/core';
import { pause } from '../support/pause.ts';
import type { Random } from '../support/seeded-random.ts';
import { reservationIdOf } from './exchange.ts';
import { createClient } from './http-client.ts';
import type { Journal } from './journal.ts';
import { createOrderBook } from './requests.ts';
import { readAgainAndAgain } from './reader.ts';
import { shop } from './workload-client.ts';

/** Clients at work. */
export interface Load {
  /** Places no further orders; resolves when those under way have their answers. */
  stop(): Promise<void>;
  /** Looks once at every reservation that any client knows of. */
  lookAtAll(): Promise<void>;
}

export interface LoadOptions {
  readonly random: Random;
  readonly journal: Journal;
  readonly idempotency: PaymentIdempotency;
  /** A server that listens, another one each time; null while there is none. */
  readonly url: () => string | null;
}

const SHOPPERS = 16;
const READERS = 2;
const LOOKS_AT_A_TIME = 8;

/** Starts clients that place orders, and clients that read reservations again and again. */
export function startLoad({ random, journal, idempotency, url }: LoadOptions): Load {
  const stopping = new AbortController();
  const client = createClient(journal);
  const known: string[] = [];
  const seen = new Set<string>();

  function learn(id: string | null): void {
    if (id === null || seen.has(id)) return;
    seen.add(id);
    known.push(id);
  }

  const workers: Promise<void>[] = [];
  for (let number = 1; number <= SHOPPERS; number += 1) {
    const own = random.fork(`shopper ${number}`);
    const orders = createOrderBook(own, idempotency, `${number}`);
    workers.push(shop({ client, random: own, orders, url, signal: stopping.signal, name: `${number}`, learn }));
  }
  for (let number = 1; number <= READERS; number += 1) {
    const own = random.fork(`reader ${number}`);
    workers.push(readAgainAndAgain({ client, random: own, url, signal: stopping.signal, known }));
  }

  return {
    async stop() {
      stopping.abort();
      await Promise.all(workers);
      for (const exchange of journal.exchanges) learn(reservationIdOf(exchange));
    },
    async lookAtAll() {
      const left = [...known];
      const look = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await lookUntilAnswered(id);
      };
      await Promise.all(Array.from({ length: LOOKS_AT_A_TIME }, look));
    },
  };

  async function lookUntilAnswered(id: string): Promise<void> {
    for (let attempt = 1; attempt <= LOOK_ATTEMPTS_MAX; attempt += 1) {
      const at = url();
      if (at !== null && (await client.get(at, id)).result.kind === 'answer') return;
      await pause(LOOK_PAUSE_MS);
    }
  }
}

const LOOK_ATTEMPTS_MAX = 10;
const LOOK_PAUSE_MS = 200;
