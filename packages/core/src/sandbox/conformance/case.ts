import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChargeAnswer, describeAnswer } from './answer.ts';
import type { PaymentServiceProbe, ProbeCharge } from './probe.ts';

/** One thing that a payment service has to do. */
export interface PaymentServiceCase {
  /** A fact; unique among the cases. */
  readonly title: string;
  /** True when it sends charges: with a service that moves money, it does. */
  readonly sendsCharges: boolean;
  /** What it means for who runs the engine when the service does something else. */
  readonly meaning: string;
  /**
   * Rejects with an AssertionError, whose message says in one line of words what the service did, when that is
   * something else, and with {@link CannotTellError} when what
   * the case begins with does not come about.
   */
  run(probe: PaymentServiceProbe): Promise<void>;
}

/** Neither kept nor broken: the service was not brought to where the case begins. The message says why. */
export class CannotTellError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotTellError';
  }
}

/** How often a charge is sent until its outcome is known, as in production, and the pause in between. */
const ATTEMPTS_MAX = 3;
const PAUSE_MS = 500;

/** Sends a charge, again while its outcome is unknown: a service may ask for patience while a call is under way. */
export async function chargeUntilKnown(probe: PaymentServiceProbe, charge: ProbeCharge): Promise<ChargeAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await probe.charge(charge);
    if (answer.kind !== 'unknown' || attempt === ATTEMPTS_MAX) return answer;
    await wait(PAUSE_MS);
  }
}

/** A charge that succeeded. @throws {CannotTellError} when it did not. */
export async function charged(probe: PaymentServiceProbe, charge: ProbeCharge): Promise<ChargeAnswer> {
  const answer = await chargeUntilKnown(probe, charge);
  if (answer.kind === 'charged') return answer;
  throw new CannotTellError(`the first charge was not executed: ${describeAnswer(answer)}`);
}

/**
 * Asserts that the answer is of one of these kinds. `assert.equal` is of no use here: it adds the difference of two
 * values to the message that it is given.
 */
export function assertAnswer(answer: ChargeAnswer, expected: readonly ChargeAnswer['kind'][]): void {
  assert.ok(expected.includes(answer.kind), `expected: ${expected.join(' or ')}; found: ${describeAnswer(answer)}`);
}

/** Asserts that a repetition ended as the first request did. */
export function assertSame(first: ChargeAnswer, again: ChargeAnswer): void {
  const same =
    first.kind === 'charged'
      ? again.kind === 'charged' && again.transactionId === first.transactionId
      : again.kind === first.kind;
  assert.ok(same, `first ${describeAnswer(first)}, then ${describeAnswer(again)}`);
}
