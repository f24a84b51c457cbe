import type { SeededRandom } from '@reservations/core/testing';
import { pause } from '../support/pause.ts';
import { type ReservationRequest, type PostExchange, reservationIdOf, shownIn } from './exchange.ts';
import type { Client } from './http-client.ts';
import type { RequestSource } from './requests.ts';

export interface WorkloadClientOptions {
  readonly client: Client;
  readonly random: SeededRandom;
  readonly requests: RequestSource;
  readonly url: () => string | null;
  readonly signal: AbortSignal;
  /** Prefix of this client's keys; unique among the clients. */
  readonly name: string;
  /** Called with the reservation of every answer. */
  readonly learn: (reservationId: string | null) => void;
}

/** Kinds of requests, with their relative frequency. */
const REQUEST_PATTERNS = [
  { kind: 'without key', weight: 50 },
  { kind: 'with key', weight: 38 },
  { kind: 'in parallel', weight: 4 },
  { kind: 'key used again', weight: 4 },
  { kind: 'invalid', weight: 4 },
] as const;

const READ_PROBABILITY = 0.5;
const PAUSE_MS_MAX = 40;
const NO_SERVER_MS = 50;
const RETRY_MS = 150;
const UNAVAILABLE_MS = 400;
const ATTEMPTS_MAX = 100;
const PARALLEL_MAX = 5;

/** Repetitions of a request with its key after its reservation failed as not sent. */
const UNSENT_MAX = 5;

/** Sends one request after the other until the signal aborts; a request that has begun is completed. */
export async function runWorkloadClient(options: WorkloadClientOptions): Promise<void> {
  const { client, random, requests, url, signal, name, learn } = options;
  let keys = 0;
  const newKey = (): string => `client-${name}-${(keys += 1)}`;

  async function send(
    request: ReservationRequest,
    idempotencyKey: string | null,
    valid: boolean,
  ): Promise<PostExchange | null> {
    const at = url();
    if (at === null) return null;
    const post = await client.post(at, { request, idempotencyKey, valid });
    learn(reservationIdOf(post));
    if (shownIn(post) !== null && random.chance(READ_PROBABILITY)) await readElsewhere(post);
    if (post.result.kind === 'answer' && post.result.status === 503) await pause(UNAVAILABLE_MS);
    return post;
  }

  /** Reads at another server what one server has just answered. */
  async function readElsewhere(post: PostExchange): Promise<void> {
    const [id, elsewhere] = [reservationIdOf(post), url()];
    if (id !== null && elsewhere !== null && elsewhere !== post.server) await client.get(elsewhere, id);
  }

  /**
   * Repeats a request with its key until it is answered, and also when the answer says that nothing was charged.
   */
  async function postUntilAnswered(request: ReservationRequest, key: string): Promise<void> {
    let unsent = 0;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const post = await send(request, key, true);
      if (post !== null && isFinal(post)) {
        if (!wasNeverSent(post) || unsent === UNSENT_MAX) return;
        unsent += 1;
      }
      await pause(RETRY_MS);
    }
  }

  while (!signal.aborted) {
    if (url() === null) {
      await pause(NO_SERVER_MS, signal);
      continue;
    }
    const request = requests.draw();
    switch (random.pickWeighted(REQUEST_PATTERNS).kind) {
      case 'without key':
        await send(request, null, true);
        break;
      case 'with key':
        await postUntilAnswered(request, newKey());
        break;
      case 'in parallel': {
        const key = newKey();
        const times = random.integer(2, PARALLEL_MAX);
        await Promise.all(Array.from({ length: times }, () => postUntilAnswered(request, key)));
        break;
      }
      case 'key used again': {
        const key = newKey();
        await postUntilAnswered(request, key);
        await send(requests.draw(), key, true);
        break;
      }
      case 'invalid':
        await send({ ...request, amountMinor: -request.amountMinor }, newKey(), false);
        break;
    }
    await pause(random.integer(0, PAUSE_MS_MAX), signal);
  }
}

/** True for an answer with a result, as opposed to "later", "not now" and a broken connection. */
function isFinal(post: PostExchange): boolean {
  const { result } = post;
  return shownIn(post) !== null || (result.kind === 'answer' && result.status === 422);
}

/** True for the answer by which a client knows that its key is free again. */
function wasNeverSent({ result }: PostExchange): boolean {
  if (result.kind !== 'answer' || result.status !== 503) return false;
  const { detail } = result.body;
  if (typeof detail !== 'object' || detail === null || !('message' in detail)) return false;
  return String(detail.message).includes('Nothing was charged');
}
