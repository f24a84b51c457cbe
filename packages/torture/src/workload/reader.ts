import type { SeededRandom } from '@reservations/core/testing';
import { pause } from '../support/pause.ts';
import type { Client } from './http-client.ts';

export interface ReaderOptions {
  readonly client: Client;
  readonly random: SeededRandom;
  readonly url: () => string | null;
  readonly signal: AbortSignal;
  /** Ids of reservations that answers have named; grows. */
  readonly known: readonly string[];
}

const RECENT = 50;
const RECENT_PROBABILITY = 0.8;
const PAUSE_MS_MAX = 20;
const NO_SERVER_MS = 50;

/** Reads one reservation after the other, mostly recent ones, until the signal aborts. */
export async function runReader({ client, random, url, signal, known }: ReaderOptions): Promise<void> {
  while (!signal.aborted) {
    const at = url();
    if (at === null || known.length === 0) {
      await pause(NO_SERVER_MS, signal);
      continue;
    }
    const oldest = random.chance(RECENT_PROBABILITY) ? Math.max(0, known.length - RECENT) : 0;
    const id = known[random.integer(oldest, known.length - 1)];
    if (id !== undefined) await client.get(at, id);
    await pause(random.integer(0, PAUSE_MS_MAX), signal);
  }
}
