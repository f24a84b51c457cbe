import { describeAnswer } from './answer.ts';
import {
  assertAnswer,
  assertSame,
  CannotTellError,
  charged,
  chargeUntilKnown,
  type PaymentServiceCase,
} from './case.ts';
import type { PaymentServiceProbe, ProbeCharge } from './probe.ts';

/** When the caller cancels: late enough for the request to arrive, early enough to lose the reply. */
const HANG_UP_AFTER_MS = 5;

const MAY_CHARGE_TWICE =
  'A charge whose reply is lost may be charged twice. Run the server with --payment-idempotency none until this is mended.';

/** Cases for "never charges again". */
export const repetitionCases: readonly PaymentServiceCase[] = [
  {
    title: 'a charge succeeds and has a transaction id',
    sendsCharges: true,
    meaning:
      'No reservation is confirmed, unless it is just this user, amount or currency that the service does not charge.',
    async run(probe) {
      const answer = await chargeUntilKnown(probe, probe.newCharge());
      assertAnswer(answer, ['charged']);
    },
  },
  {
    title: 'the same request again gives the same transaction id',
    sendsCharges: true,
    meaning: MAY_CHARGE_TWICE,
    async run(probe) {
      const charge = probe.newCharge();
      const first = await charged(probe, charge);
      assertSame(first, await chargeUntilKnown(probe, charge));
    },
  },
  {
    title: 'the same request twice at the same time gives one transaction id',
    sendsCharges: true,
    meaning: MAY_CHARGE_TWICE,
    async run(probe) {
      const charge = probe.newCharge();
      const both = await Promise.all([probe.charge(charge), probe.charge(charge)]);
      const known = both.find(({ kind }) => kind === 'charged') ?? (await charged(probe, charge));
      // During the other call, "try again" is an acceptable answer; a decline is not.
      for (const answer of both) if (answer.kind !== 'unknown') assertSame(known, answer);
      assertSame(known, await chargeUntilKnown(probe, charge));
    },
  },
  {
    title: 'a charge that is repeated after a cancelled call has one result',
    sendsCharges: true,
    meaning: MAY_CHARGE_TWICE,
    run: (probe) => repeatedAfter(probe, (charge) => probe.chargeAndHangUp(charge, HANG_UP_AFTER_MS)),
  },
  {
    title: 'a charge that is repeated after a missed deadline has one result',
    sendsCharges: true,
    meaning: MAY_CHARGE_TWICE,
    run: (probe) => repeatedAfter(probe, (charge) => probe.charge(charge, { timeoutMs: HANG_UP_AFTER_MS })),
  },
  {
    title: 'a decline stays a decline',
    sendsCharges: true,
    meaning: 'A customer who was told that nothing is charged may be charged by a repetition.',
    async run(probe) {
      const { declinedUserId } = probe;
      if (declinedUserId === null) throw new CannotTellError('no user is known whom the service declines');
      const charge = probe.newCharge({ userId: declinedUserId });
      const first = await chargeUntilKnown(probe, charge);
      if (first.kind !== 'declined' && first.kind !== 'refused') {
        throw new CannotTellError(`${declinedUserId} was not declined: ${describeAnswer(first)}`);
      }
      assertSame(first, await chargeUntilKnown(probe, charge));
    },
  },
];

async function repeatedAfter(
  probe: PaymentServiceProbe,
  attempt: (charge: ProbeCharge) => Promise<unknown>,
): Promise<void> {
  const charge = probe.newCharge();
  await attempt(charge);
  const first = await charged(probe, charge);
  assertSame(first, await chargeUntilKnown(probe, charge));
}
