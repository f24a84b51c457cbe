import type { SeededRandom } from '@reservations/core/testing';

/** The probability of each fault wherever it can happen; 0 switches it off. */
export interface FaultRates {
  /** A call to the store fails before it takes effect. */
  readonly storeRefuses: number;
  /** The store is unreachable for seconds: every call fails before it takes effect. */
  readonly storeDown: number;
  /** A call to the store takes effect, and its acknowledgement is lost. */
  readonly storeLosesReply: number;
  /** A call to the store fails for the caller and takes effect later. */
  readonly storeActsLate: number;
  /** A call to the store takes seconds. */
  readonly storeSlow: number;
  /** The process dies before its call takes effect. */
  readonly crashBeforeCall: number;
  /** The process dies after its call has taken effect, before the reply arrives. */
  readonly crashAfterCall: number;
  /** The process freezes before its call, for about the length of a lease. */
  readonly freezeAtCall: number;
  /** The process freezes before the reply of its call arrives, for about the length of a lease. */
  readonly freezeAfterCall: number;
  /** A server crashes; drawn once a second. */
  readonly crash: number;
  /** A server is stopped gracefully and started again; drawn once a second. */
  readonly gracefulStop: number;
  /** A server's clock jumps by up to a minute in either direction; drawn once a second. */
  readonly clockJump: number;
  /** The payment service refuses connections for seconds. */
  readonly refused: number;
  /** Connecting to the payment service takes longer than the attempt's deadline. */
  readonly blackHole: number;
  /** A call is lost on its way to the payment service. */
  readonly callLost: number;
  /** The connection breaks during a call. */
  readonly connectionLost: number;
  /** A call reaches the payment service twice, the second time late. Only if charges are idempotent. */
  readonly duplicated: number;
  /** The payment service takes seconds, often longer than the attempt's deadline. */
  readonly serviceSlow: number;
  /** The payment service answers with an error and does not charge. */
  readonly serviceFailsBefore: number;
  /** The payment service charges for seconds without answering. */
  readonly serviceSilent: number;
  /** The payment service charges and answers with an error. */
  readonly serviceFailsAfter: number;
  /** An error of the payment service has the text of grpc-js for calls that were never sent. */
  readonly misleadingDetails: number;
  /** The reply is empty, or a success without a transaction id. */
  readonly replyMalformed: number;
  /** A repeated charge is answered ALREADY_EXISTS. Only if charges are idempotent. */
  readonly alreadyExists: number;
  /** A repeated call is refused while the first is in progress. Only if charges are idempotent. */
  readonly refusedInProgress: number;
  /** The answer to a client's request is lost. */
  readonly answerLost: number;
  /** A client aborts its request. */
  readonly clientAborts: number;
}

/** The highest probability of each fault. Low for faults of which one occurrence changes a whole run. */
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
  gracefulStop: 0.1,
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

/** The names of all faults. */
export const FAULT_NAMES: readonly (keyof FaultRates)[] = Object.keys(PROBABILITY_MAX) as (keyof FaultRates)[];

/** All faults off. */
export const NO_FAULTS: FaultRates = Object.fromEntries(FAULT_NAMES.map((name) => [name, 0])) as unknown as FaultRates;

/** Draws about half of the faults, each with its own probability. */
export function drawFaultRates(random: SeededRandom): FaultRates {
  const faults: Record<string, number> = {};
  for (const name of FAULT_NAMES) {
    const isOn = random.chance(0.4);
    const share = 0.1 + 0.9 * random.next();
    faults[name] = isOn ? PROBABILITY_MAX[name] * share : 0;
  }
  return faults as unknown as FaultRates;
}
