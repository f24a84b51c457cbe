import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { type ChargeAnswer, describeAnswer } from './answer.ts';
import type { PaymentServiceProbe, ProbeCharge } from './probe.ts';

/** One requirement for a payment service. */
export interface PaymentServiceCase {
  /** A fact; unique among the cases. */
  readonly title: string;
  /** True when the case sends charges, which move money at a real service. */
  readonly sendsCharges: boolean;
  /** Consequence for an operator of the engine when the service does not meet the requirement. */
  readonly meaning: string;
  /**
   * Rejects with an AssertionError, whose message states in one line what the service did, when it does not meet the
   * requirement, and with {@link CannotTellError} when the precondition of the case could not be established.
   */
  run(probe: PaymentServiceProbe): Promise<void>;
}

/** The precondition of a case could not be established, so that the requirement was not checked; the message says why. */
export class CannotTellError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'CannotTellError';
  }
}

/** Sends of a charge until its outcome is known, as in production, and the pause in between. */
const ATTEMPTS_MAX = 3;
const PAUSE_MS = 500;

/** Sends a charge, and again while its outcome is unknown, since a service may ask for patience during a running call. */
export async function chargeUntilKnown(probe: PaymentServiceProbe, charge: ProbeCharge): Promise<ChargeAnswer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await probe.charge(charge);
    if (answer.kind !== 'unknown' || attempt === ATTEMPTS_MAX) return answer;
    await wait(PAUSE_MS);
  }
}

/** A successful charge. @throws {CannotTellError} when it did not succeed. */
export async function charged(probe: PaymentServiceProbe, charge: ProbeCharge): Promise<ChargeAnswer> {
  const answer = await chargeUntilKnown(probe, charge);
  if (answer.kind === 'charged') return answer;
  throw new CannotTellError(`the first charge was not executed: ${describeAnswer(answer)}`);
}

/**
 * Asserts that the answer is of one of these kinds. `assert.equal` is not usable: it appends the difference of the values
 * to the given message.
 */
export function assertAnswer(answer: ChargeAnswer, expected: readonly ChargeAnswer['kind'][]): void {
  assert.ok(expected.includes(answer.kind), `expected: ${expected.join(' or ')}; found: ${describeAnswer(answer)}`);
}

/** Asserts that a repetition returned the result of the first request. */
export function assertSame(first: ChargeAnswer, again: ChargeAnswer): void {
  const same =
    first.kind === 'charged'
      ? again.kind === 'charged' && again.transactionId === first.transactionId
      : again.kind === first.kind;
  assert.ok(same, `first ${describeAnswer(first)}, then ${describeAnswer(again)}`);
}
