import type { CreateRequest, CreateResult } from '@reservations/core';
import type { Evidence, Intent } from '../evidence/evidence.ts';
import type { ClientNetwork } from './client-network.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
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

/** Pause between a keyed request and its repetition. */
const RETRY_MS = { min: 300, max: 4_000 };

/** How often a client makes a reservation anew with its key after the one before was not sent. */
const UNSENT_MAX = 4;

/** How long after an answer a client looks again. */
const LOOK_AGAIN_MS = { min: 0, max: 10_000 };

const MAY_REPEAT = { parallel: 0.3, otherBody: 0.2, otherCaller: 0.2 };

/** A client: makes its requests one after the other, some of them twice at once, and looks at what came of them. */
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
  const mine = { caller: 'alice', key };
  const all = [requestUntilAnswered(name, request, mine, deps)];
  if (key !== null) {
    if (random.chance(MAY_REPEAT.parallel)) all.push(requestUntilAnswered(`${name}-again`, request, mine, deps));
    if (random.chance(MAY_REPEAT.otherBody))
      all.push(requestUntilAnswered(`${name}-other`, drawRequest(random, swarm), mine, deps));
    if (random.chance(MAY_REPEAT.otherCaller)) {
      all.push(requestUntilAnswered(`${name}-bob`, request, { caller: 'bob', key }, deps));
    }
  }
  await Promise.all(all);
}

/**
 * With a key a request is repeated until there is an answer, and also when the answer asks for it because nothing was
 * sent; without one it may be made only once.
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
      // What failed before stays what it is beside the reservation that was made in its place.
      for (const id of failed) await clientNetwork.get(random.pick(servers), id);
      if (answer.kind !== 'reservation' || answer.reservation.failureReason !== 'not-sent') return;
      if (failed.length === UNSENT_MAX) return;
      counters.keysFreed += 1;
      failed.push(answer.reservation.reservationId);
    }
    await world.sleep(random.integer(RETRY_MS.min, RETRY_MS.max));
  }
}

/** The answer that a client goes by; null when it has to ask again. */
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
    for (let looks = random.integer(0, 2); looks > 0; looks -= 1) {
      await world.sleep(random.integer(LOOK_AGAIN_MS.min, LOOK_AGAIN_MS.max));
      if (random.chance(0.7)) await clientNetwork.get(random.pick(servers), reservationId);
      else await clientNetwork.list(random.pick(servers), userId);
    }
  }
  return answer;
}
