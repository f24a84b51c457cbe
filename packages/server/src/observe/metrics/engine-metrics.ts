import type { Observation, Observer, PaymentOutcome } from '@reservations/core';
import type { Instruments } from './instruments.ts';

/** Returns an observer that counts the observations of engine, gateway and store. */
export function metricsObserver(instruments: Instruments): Observer {
  const { alarms, storeAlarm, settlementRuns, settlementPayments } = instruments;
  return (observation) => {
    switch (observation.kind) {
      case 'attempt-ended':
        countAttempt(instruments, observation);
        return;
      case 'charge-ended': {
        const { by, outcome, durationMs } = observation;
        instruments.charges.inc({ by, outcome: outcome.kind });
        instruments.chargeDuration.observe({ by, outcome: outcome.kind }, durationMs / 1_000);
        return;
      }
      case 'appends-committed':
        countAppends(instruments, observation);
        return;
      case 'settlement-looked':
        settlementRuns.inc({ result: observation.taken === 0 ? 'idle' : 'worked' });
        settlementPayments.inc(observation.taken);
        return;
      case 'settlement-fault':
        if (observation.reservationId === null) settlementRuns.inc({ result: 'failed' });
        return;
      case 'contradiction':
      case 'payment-escalated':
      case 'payment-misconfigured':
      case 'subscription-stopped':
      case 'subscription-skipped':
        alarms.inc({ kind: observation.kind });
        return;
      case 'payment-certificates':
        if (!observation.inUse) alarms.inc({ kind: observation.kind });
        return;
      case 'store-alarm':
        storeAlarm.set({ alarm: observation.alarm }, observation.raised ? 1 : 0);
        if (observation.raised) alarms.inc({ kind: observation.kind });
        return;
      case 'charge-fault':
      case 'lease-lost':
      case 'subscription-retry':
      case 'subscription-lost':
      case 'feed-fault':
        return;
    }
  };
}

type Of<Kind extends Observation['kind']> = Extract<Observation, { kind: Kind }>;

function countAttempt(instruments: Instruments, { outcome, durationMs }: Of<'attempt-ended'>): void {
  instruments.paymentAttempts.inc({ outcome: outcome.kind, cause: causeOf(outcome) });
  instruments.paymentAttemptDuration.observe({ outcome: outcome.kind }, durationMs / 1_000);
}

/** The cause of an outcome without a verdict; "" for a verdict. */
function causeOf(outcome: PaymentOutcome): string {
  return outcome.kind === 'not-sent' || outcome.kind === 'unknown' ? outcome.cause : '';
}

function countAppends(instruments: Instruments, group: Of<'appends-committed'>): void {
  const { appends, replays, conflicts, keysTaken, leasesLost } = group;
  const results = {
    committed: appends - replays - conflicts - keysTaken - leasesLost,
    replayed: replays,
    conflict: conflicts,
    'key-taken': keysTaken,
    'lease-lost': leasesLost,
  };
  for (const [result, count] of Object.entries(results)) instruments.appends.inc({ result }, count);
  instruments.eventsAppended.inc(group.events);
  instruments.appendGroupSize.observe(appends);
  instruments.appendWait.observe(group.waitMs / 1_000);
  instruments.commitDuration.observe(group.durationMs / 1_000);
}
