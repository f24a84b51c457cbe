import assert from 'node:assert/strict';
import type { PaymentServiceCase } from './case.ts';

/** A transaction id that no service has. */
const NO_TRANSACTION = 'no-such-transaction';

/** A deadline that passes before a reply can arrive. */
const TOO_SHORT_MS = 1;

/** Calls in a row that miss their deadline. */
const MISSED_CALLS = 5;

const NOT_REACHED: ReadonlySet<string> = new Set(['UNAVAILABLE', 'DEADLINE_EXCEEDED']);
const ANSWERS: ReadonlySet<string> = new Set(['OK', 'NOT_FOUND', 'INVALID_ARGUMENT', 'FAILED_PRECONDITION']);

/** Checks whether the service is reachable. None of these cases charges anything. */
export const reachCases: readonly PaymentServiceCase[] = [
  {
    title: 'the payment service is reached',
    sendsCharges: false,
    meaning: 'No reservation can be paid: each is answered with 503, and nothing is charged.',
    async run(probe) {
      const { code, details } = await probe.askStatus(NO_TRANSACTION);
      assert.ok(!NOT_REACHED.has(code), `${code}: ${details}`);
    },
  },
  {
    title: 'GetPaymentStatus answers for a transaction that does not exist',
    sendsCharges: false,
    meaning:
      'What listens there is another service, does not know us, or is not well. The engine itself does not use this call.',
    async run(probe) {
      const { code, details } = await probe.askStatus(NO_TRANSACTION);
      assert.ok(ANSWERS.has(code), `${code}: ${details}`);
    },
  },
  {
    title: 'calls that miss their deadline do not disturb the calls after them',
    sendsCharges: false,
    meaning: 'After one slow answer the next payments fail as well, and have to be settled in the background.',
    async run(probe) {
      for (let call = 1; call <= MISSED_CALLS; call += 1) await probe.askStatus(NO_TRANSACTION, TOO_SHORT_MS);
      const { code, details } = await probe.askStatus(NO_TRANSACTION);
      assert.ok(!NOT_REACHED.has(code), `after ${MISSED_CALLS} missed deadlines: ${code}: ${details}`);
    },
  },
];
