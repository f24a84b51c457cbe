import type { CreateRequest, CreateResult } from '@reservations/core';
import type { Facts, Intent } from '../evidence/evidence.ts';
import type { FrontDoor } from './client-network.ts';
import type { Random } from '../world/seeded-random.ts';
import { drawRequest, type DrawnRequest } from './requests.ts';
import type { SimServer } from '../servers/server.ts';
import type { Swarm } from '../faults/swarm.ts';
import type { Tally } from '../evidence/counters.ts';
import type { World } from '../world/world.ts';

export interface ClientParts {
  readonly world: World;
  readonly random: Random;
  readonly facts: Facts;
  readonly tally: Tally;
  readonly swarm: Swarm;
  readonly frontDoor: FrontDoor;
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
export async function runClient(name: string, parts: ClientParts): Promise<void> {
  const { world, random, swarm } = parts;
  for (let number = 1; number <= swarm.requestsPerClient; number += 1) {
    await world.sleep(random.int(0, (2 * swarm.faultyMs) / swarm.requestsPerClient));
    await makeRequest(`${name}-${number}`, parts);
  }
}

async function makeRequest(name: string, parts: ClientParts): Promise<void> {
  const { random, swarm } = parts;
  const request = drawRequest(random, swarm);
  const key = random.chance(0.7) ? `key ${name}`.replace(' ', '-') : null;
  const mine = { caller: 'alice', key };
  const all = [persist(name, request, mine, parts)];
  if (key !== null) {
    if (random.chance(MAY_REPEAT.parallel)) all.push(persist(`${name}-again`, request, mine, parts));
    if (random.chance(MAY_REPEAT.otherBody))
      all.push(persist(`${name}-other`, drawRequest(random, swarm), mine, parts));
    if (random.chance(MAY_REPEAT.otherCaller)) {
      all.push(persist(`${name}-bob`, request, { caller: 'bob', key }, parts));
    }
  }
  await Promise.all(all);
}

/**
 * With a key a request is repeated until there is an answer, and also when the answer asks for it because nothing was
 * sent; without one it may be made only once.
 */
async function persist(
  name: string,
  { body, expected }: DrawnRequest,
  { caller, key }: { readonly caller: string; readonly key: string | null },
  parts: ClientParts,
): Promise<void> {
  const { world, random, frontDoor, servers, tally } = parts;
  const failed: string[] = [];
  for (let attempt = 1; ; attempt += 1) {
    const intent: Intent = { tag: `${name}#${attempt}`, caller, key, expected };
    const answer = await ask(intent, body, parts);
    if (key === null) return;
    if (answer !== null) {
      // What failed before stays what it is beside the reservation that was made in its place.
      for (const id of failed) await frontDoor.get(random.pick(servers), id);
      if (answer.kind !== 'reservation' || answer.reservation.failureReason !== 'not-sent') return;
      if (failed.length === UNSENT_MAX) return;
      tally.keysFreed += 1;
      failed.push(answer.reservation.reservationId);
    }
    await world.sleep(random.int(RETRY_MS.min, RETRY_MS.max));
  }
}

/** The answer that a client goes by; null when it has to ask again. */
async function ask(intent: Intent, body: CreateRequest, parts: ClientParts): Promise<CreateResult | null> {
  const { world, random, facts, tally, frontDoor, servers } = parts;
  facts.intents.set(intent.tag, intent);
  tally.requests += 1;
  const heard = await frontDoor.create(random.pick(servers), intent, body);
  if (heard.kind !== 'answer') return null;
  const { answer } = heard;
  if (answer.kind === 'key-in-progress') return null;
  if (answer.kind === 'reservation') {
    const { reservationId, userId } = answer.reservation;
    for (let looks = random.int(0, 2); looks > 0; looks -= 1) {
      await world.sleep(random.int(LOOK_AGAIN_MS.min, LOOK_AGAIN_MS.max));
      if (random.chance(0.7)) await frontDoor.get(random.pick(servers), reservationId);
      else await frontDoor.list(random.pick(servers), userId);
    }
  }
  return answer;
}
