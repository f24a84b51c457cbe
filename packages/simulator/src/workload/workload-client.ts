import type { CreateRequest, CreateResult } from '@reservations/core';
import type { SeededRandom } from '@reservations/core/testing';
import type { Evidence, Intent } from '../evidence/evidence.ts';
import type { ClientNetwork } from './client-network.ts';
import { drawRequest, type DrawnRequest } from './requests.ts';
import type { SimServer } from '../servers/server.ts';
import type { Swarm } from '../faults/swarm.ts';
import type { Counters } from '../evidence/counters.ts';
import type { World } from '../world/world.ts';

export interface WorkloadClientDeps {
  readonly world: World;
  readonly random: SeededRandom;
  readonly evidence: Evidence;
  readonly counters: Counters;
  readonly swarm: Swarm;
  readonly clientNetwork: ClientNetwork;
  readonly servers: readonly SimServer[];
}

/** Bounds of the pause before a keyed request is repeated. */
const RETRY_MS = { min: 300, max: 4_000 };

/** Repetitions of a request with its key after its reservation failed as not sent. */
const UNSENT_MAX = 4;

/** Bounds of the pause before a client reads a reservation again. */
const READ_AGAIN_MS = { min: 0, max: 10_000 };

/** Probabilities of a second request with the same key. */
const REPEAT_PROBABILITY = { parallel: 0.3, otherBody: 0.2, otherCaller: 0.2 };

/** Runs a client: makes its requests one after the other, some of them twice at once, and reads the reservations. */
export async function runWorkloadClient(name: string, deps: WorkloadClientDeps): Promise<void> {
  const { world, random, swarm } = deps;
  for (let number = 1; number <= swarm.requestsPerClient; number += 1) {
    await world.sleep(random.integer(0, (2 * swarm.faultyMs) / swarm.requestsPerClient));
    await makeRequest(`${name}-${number}`, deps);
  }
}

async function makeRequest(name: string, deps: WorkloadClientDeps): Promise<void> {
  const { random, swarm } = deps;
  const request = drawRequest(random, swarm);
  const key = random.chance(0.7) ? `key ${name}`.replace(' ', '-') : null;
  const own = { caller: 'alice', key };
  const all = [requestUntilAnswered(name, request, own, deps)];
  if (key !== null) {
    if (random.chance(REPEAT_PROBABILITY.parallel)) all.push(requestUntilAnswered(`${name}-again`, request, own, deps));
    if (random.chance(REPEAT_PROBABILITY.otherBody))
      all.push(requestUntilAnswered(`${name}-other`, drawRequest(random, swarm), own, deps));
    if (random.chance(REPEAT_PROBABILITY.otherCaller)) {
      all.push(requestUntilAnswered(`${name}-bob`, request, { caller: 'bob', key }, deps));
    }
  }
  await Promise.all(all);
}

/**
 * Repeats a request with a key until it is answered, and also when the answer says that nothing was sent. Without a key
 * a request is made once.
 */
async function requestUntilAnswered(
  name: string,
  { body, expected }: DrawnRequest,
  { caller, key }: { readonly caller: string; readonly key: string | null },
  deps: WorkloadClientDeps,
): Promise<void> {
  const { world, random, clientNetwork, servers, counters } = deps;
  const failed: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const intent: Intent = { tag: `${name}#${attempt}`, caller, key, expected };
    const answer = await ask(intent, body, deps);
    if (key === null) return;
    if (answer !== null) {
      // A reservation that failed before must not change when another one replaces it.
      for (const id of failed) await clientNetwork.get(random.pick(servers), id);
      if (answer.kind !== 'reservation' || answer.reservation.failureReason !== 'not-sent') return;
      if (failed.length === UNSENT_MAX) return;
      counters.keysFreed += 1;
      failed.push(answer.reservation.reservationId);
    }
    await world.sleep(random.integer(RETRY_MS.min, RETRY_MS.max));
  }
}

/** Makes a request. Returns null when the client has to repeat it. */
async function ask(intent: Intent, body: CreateRequest, deps: WorkloadClientDeps): Promise<CreateResult | null> {
  const { world, random, evidence, counters, clientNetwork, servers } = deps;
  evidence.intents.set(intent.tag, intent);
  counters.requests += 1;
  const result = await clientNetwork.create(random.pick(servers), intent, body);
  if (result.kind !== 'answer') return null;
  const { answer } = result;
  if (answer.kind === 'key-in-progress') return null;
  if (answer.kind === 'reservation') {
    const { reservationId, userId } = answer.reservation;
    for (let reads = random.integer(0, 2); reads > 0; reads -= 1) {
      await world.sleep(random.integer(READ_AGAIN_MS.min, READ_AGAIN_MS.max));
      if (random.chance(0.7)) await clientNetwork.get(random.pick(servers), reservationId);
      else await clientNetwork.list(random.pick(servers), userId);
    }
  }
  return answer;
}
