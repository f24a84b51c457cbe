import { pause } from '../support/pause.ts';
import type { SeededRandom } from '../support/seeded-random.ts';
import { type ReservationRequest, type PostExchange, reservationIdOf, shownIn } from './exchange.ts';
import type { Client } from './http-client.ts';
import type { RequestSource } from './requests.ts';

export interface WorkloadClientOptions {
  readonly client: Client;
  readonly random: SeededRandom;
  readonly requests: RequestSource;
  readonly url: () => string | null;
  readonly signal: AbortSignal;
  /** Begins this client's keys; no other client has it. */
  readonly name: string;
  /** Told of every reservation that an answer names. */
  readonly learn: (reservationId: string | null) => void;
}

/** What a client may do, and how often. */
const REQUEST_PATTERNS = [
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

/** Places one request after the other until the signal aborts; what it begins it brings to an end. */
export async function runWorkloadClient(options: WorkloadClientOptions): Promise<void> {
  const { client, random, requests, url, signal, name, learn } = options;
  let keys = 0;
  const newKey = (): string => `client-${name}-${(keys += 1)}`;

  async function place(
    request: ReservationRequest,
    idempotencyKey: string | null,
    valid: boolean,
  ): Promise<PostExchange | null> {
    const at = url();
    if (at === null) return null;
    const post = await client.post(at, { request, idempotencyKey, valid });
    learn(reservationIdOf(post));
    if (shownIn(post) !== null && random.chance(LOOK_PROBABILITY)) await readElsewhere(post);
    if (post.result.kind === 'answer' && post.result.status === 503) await pause(UNAVAILABLE_MS);
    return post;
  }

  /** What one server has just answered, every other one shows too. */
  async function readElsewhere(post: PostExchange): Promise<void> {
    const [id, elsewhere] = [reservationIdOf(post), url()];
    if (id !== null && elsewhere !== null && elsewhere !== post.server) await client.get(elsewhere, id);
  }

  /**
   * As a client does that must know: asks with the same key until there is an answer, and again when the answer says
   * that nothing was charged and asks for it.
   */
  async function placeUntilAnswered(request: ReservationRequest, key: string): Promise<void> {
    let unsent = 0;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const post = await place(request, key, true);
      if (post !== null && isFinal(post)) {
        if (!wasNeverSent(post) || unsent === UNSENT_MAX) return;
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
    const request = requests.draw();
    switch (random.pickWeighted(REQUEST_PATTERNS).kind) {
      case 'without key':
        await place(request, null, true);
        break;
      case 'with key':
        await placeUntilAnswered(request, newKey());
        break;
      case 'in parallel': {
        const key = newKey();
        const times = random.integer(2, PARALLEL_MAX);
        await Promise.all(Array.from({ length: times }, () => placeUntilAnswered(request, key)));
        break;
      }
      case 'key used again': {
        const key = newKey();
        await placeUntilAnswered(request, key);
        await place(requests.draw(), key, true);
        break;
      }
      case 'invalid':
        await place({ ...request, amountMinor: -request.amountMinor }, newKey(), false);
        break;
    }
    await pause(random.integer(0, PAUSE_MS_MAX), signal);
  }
}

/** An answer that says what became of the request, as opposed to "later", "not now" and a broken connection. */
function isFinal(post: PostExchange): boolean {
  const { result } = post;
  return shownIn(post) !== null || (result.kind === 'answer' && result.status === 422);
}

/** The words of the contract by which a client knows that its key is free again. */
function wasNeverSent({ result }: PostExchange): boolean {
  if (result.kind !== 'answer' || result.status !== 503) return false;
  const { detail } = result.body;
  if (typeof detail !== 'object' || detail === null || !('message' in detail)) return false;
  return String(detail.message).includes('Nothing was charged');
}
