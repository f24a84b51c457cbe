import type { PaymentIdempotency } from '@reservations/core/ports';
import type { SeededRandom } from '@reservations/core/testing';
import { pause } from '../support/pause.ts';
import { reservationIdOf } from './exchange.ts';
import { createClient } from './http-client.ts';
import type { Journal } from './journal.ts';
import { createRequestSource } from './requests.ts';
import { runReader } from './reader.ts';
import { runWorkloadClient } from './workload-client.ts';

/** Running clients. */
export interface Workload {
  /** Sends no further requests; resolves when those in progress are answered. */
  stop(): Promise<void>;
  /** Reads every reservation that any client knows of once. */
  readAll(): Promise<void>;
}

export interface WorkloadOptions {
  readonly random: SeededRandom;
  readonly journal: Journal;
  readonly idempotency: PaymentIdempotency;
  /** The URL of a listening server, of the next one at each call; null without one. */
  readonly url: () => string | null;
}

const WORKLOAD_CLIENTS = 16;
const READERS = 2;
const CONCURRENT_READS = 8;

/** Starts clients that create reservations, and clients that read them. */
export function startWorkload({ random, journal, idempotency, url }: WorkloadOptions): Workload {
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
  for (let number = 1; number <= WORKLOAD_CLIENTS; number += 1) {
    const own = random.fork(`client ${number}`);
    const requests = createRequestSource(own, idempotency, `${number}`);
    workers.push(
      runWorkloadClient({ client, random: own, requests, url, signal: stopping.signal, name: `${number}`, learn }),
    );
  }
  for (let number = 1; number <= READERS; number += 1) {
    const own = random.fork(`reader ${number}`);
    workers.push(runReader({ client, random: own, url, signal: stopping.signal, known }));
  }

  return {
    async stop() {
      stopping.abort();
      await Promise.all(workers);
      for (const exchange of journal.exchanges) learn(reservationIdOf(exchange));
    },
    async readAll() {
      const left = [...known];
      const readNext = async (): Promise<void> => {
        for (let id = left.pop(); id !== undefined; id = left.pop()) await readUntilAnswered(id);
      };
      await Promise.all(Array.from({ length: CONCURRENT_READS }, readNext));
    },
  };

  async function readUntilAnswered(id: string): Promise<void> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS_MAX; attempt += 1) {
      const at = url();
      if (at !== null && (await client.get(at, id)).result.kind === 'answer') return;
      await pause(READ_PAUSE_MS);
    }
  }
}

const READ_ATTEMPTS_MAX = 10;
const READ_PAUSE_MS = 200;
