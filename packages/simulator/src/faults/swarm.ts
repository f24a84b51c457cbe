import type { PaymentIdempotency, SettlementOptions } from '@reservations/core';
import { seededRandom, type SeededRandom } from '../world/seeded-random.ts';

/** How probable each fault is, where it can happen; 0 switches it off. */
export interface FaultRates {
  /** A call to the store fails before it takes effect. */
  readonly storeRefuses: number;
  /** The way to the store is closed for seconds: every call fails before it takes effect. */
  readonly storeDown: number;
  /** A call to the store takes effect and its acknowledgement is lost. */
  readonly storeLosesReply: number;
  /** A call to the store is given up by the caller and takes effect later. */
  readonly storeActsLate: number;
  /** A call to the store takes up to seconds. */
  readonly storeSlow: number;
  /** The process dies as it makes a call, before that call takes effect. */
  readonly crashBeforeCall: number;
  /** The process dies when its call has taken effect, before it hears of it. */
  readonly crashAfterCall: number;
  /** The process freezes as it makes a call, for about as long as a lease. */
  readonly freezeAtCall: number;
  /** The process freezes when an answer is on its way back, for about as long as a lease. */
  readonly freezeAfterCall: number;
  /** A server crashes, in each second. */
  readonly crash: number;
  /** A server is stopped in order and started again, in each second. */
  readonly orderlyStop: number;
  /** A server's clock jumps by up to a minute, either way, in each second. */
  readonly clockJump: number;
  /** The way to the payment service is closed for seconds: connections are refused. */
  readonly refused: number;
  /** Connecting to the payment service takes longer than the attempt may. */
  readonly blackHole: number;
  /** A call is lost on its way to the payment service. */
  readonly callLost: number;
  /** The connection breaks under a call. */
  readonly connectionLost: number;
  /** A call reaches the payment service twice, the second time late. Only where charges are idempotent. */
  readonly duplicated: number;
  /** The payment service takes seconds, often longer than the attempt may. */
  readonly serviceSlow: number;
  /** The payment service answers with an error and has done nothing. */
  readonly serviceFailsBefore: number;
  /** For seconds nobody hears from the payment service, which charges all the same. */
  readonly serviceSilent: number;
  /** The payment service does what it was asked and answers with an error. */
  readonly serviceFailsAfter: number;
  /** An error of the payment service repeats a text that grpc-js itself uses for calls that it never sent. */
  readonly misleadingDetails: number;
  /** The reply is empty, or a success without a transaction id. */
  readonly replyMalformed: number;
  /** A repeated charge is answered ALREADY_EXISTS. Only where charges are idempotent. */
  readonly alreadyExists: number;
  /** A repeated call is refused because the first one is still being worked on. Only where charges are idempotent. */
  readonly refusedInProgress: number;
  /** A client never hears the answer to its request. */
  readonly answerLost: number;
  /** A client goes away while its request runs. */
  readonly clientAborts: number;
}

/** Everything about a run that its seed decides before the first event. */
export interface Swarm {
  readonly mode: PaymentIdempotency;
  readonly answerUnknownAs: 'pending' | 'failed';
  readonly servers: number;
  readonly clients: number;
  readonly requestsPerClient: number;
  /** How long faults go on. */
  readonly faultyMs: number;
  readonly settlement: Required<SettlementOptions>;
  /** Share of users for whom the payment service can never say what happened. */
  readonly unresolvableUsers: number;
  /** Share of users whose payments are declined or refused. */
  readonly declinedUsers: number;
  /** Whether a person settles what was escalated. */
  readonly hasOperator: boolean;
  /** Whether somebody repairs the view meanwhile. */
  readonly hasRepairer: boolean;
  readonly faults: FaultRates;
}

/** What each fault's probability is at most. Small where one occurrence changes a whole run. */
const PROBABILITY_MAX: Readonly<FaultRates> = {
  storeRefuses: 0.2,
  storeDown: 0.05,
  storeLosesReply: 0.3,
  storeActsLate: 0.2,
  storeSlow: 0.2,
  crashBeforeCall: 0.05,
  crashAfterCall: 0.05,
  freezeAtCall: 0.1,
  freezeAfterCall: 0.15,
  crash: 0.05,
  orderlyStop: 0.1,
  clockJump: 0.1,
  refused: 0.6,
  blackHole: 0.2,
  callLost: 0.3,
  connectionLost: 0.3,
  duplicated: 0.3,
  serviceSlow: 0.5,
  serviceFailsBefore: 0.4,
  serviceSilent: 0.15,
  serviceFailsAfter: 0.4,
  misleadingDetails: 0.5,
  replyMalformed: 0.3,
  alreadyExists: 0.9,
  refusedInProgress: 0.6,
  answerLost: 0.2,
  clientAborts: 0.2,
};

/** Every fault by name. */
export const FAULT_NAMES: readonly (keyof FaultRates)[] = Object.keys(PROBABILITY_MAX) as (keyof FaultRates)[];

/** No fault at all. */
export const NO_FAULTS: FaultRates = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as unknown as FaultRates;

/** Draws a run's configuration: about half of the faults, each with its own probability. */
export function drawSwarm(seed: number): Swarm {
  const random = seededRandom(seed).fork('swarm');
  return {
    mode: random.chance(0.35) ? 'none' : 'by-reservation-id',
    answerUnknownAs: random.chance(0.3) ? 'failed' : 'pending',
    servers: random.integer(1, 4),
    clients: random.integer(1, 5),
    requestsPerClient: random.integer(2, 6),
    faultyMs: random.integer(15, 60) * 1_000,
    settlement: {
      pollMs: random.integer(500, 2_000),
      escalateAfterMs: random.integer(30, 150) * 1_000,
      escalateUnreachedAfterMs: 86_400_000,
      backoffMs: random.integer(200, 1_500),
      backoffMaxMs: random.integer(3, 10) * 1_000,
    },
    unresolvableUsers: random.chance(0.3) ? 0.12 : 0,
    declinedUsers: random.chance(0.5) ? 0.3 : 0,
    hasOperator: random.chance(0.5),
    faults: drawFaults(random),
    hasRepairer: random.chance(0.4),
  };
}

function drawFaults(random: SeededRandom): FaultRates {
  const faults: Record<string, number> = {};
  for (const name of FAULT_NAMES) {
    const isOn = random.chance(0.4);
    const share = 0.1 + 0.9 * random.next();
    faults[name] = isOn ? PROBABILITY_MAX[name] * share : 0;
  }
  return faults as unknown as FaultRates;
}
