import { describe, expect, test } from 'vitest';
import {
  appendTo,
  violated,
  charge,
  claimAgain,
  confirmed,
  created,
  expected,
  failed,
  healthyEvidence,
  ID,
  intentOf,
  record,
  type EvidenceFixture,
  summaryOf,
  answerFailed,
} from './evidence-fixture.ts';

test('a key that is free again, and the answer FAILED to what was escalated, violate nothing', () => {
  const freed = healthyEvidence();
  freed.write(created, failed('not-sent'));
  claimAgain(freed);
  expect(violated(freed)).not.toContain('12');
  const answered = healthyEvidence();
  answerFailed(answered, 3);
  expect(violated(answered)).toEqual([]);
});

test('good evidence violates nothing', () => {
  const fixture = healthyEvidence();
  appendTo(fixture);
  expect(violated(fixture)).toEqual([]);
});

describe('an invariant is violated by', () => {
  const cases: readonly { number: string; what: string; damage(fixture: EvidenceFixture): void }[] = [
    { number: '1', what: 'a second charge', damage: ({ reservation }) => reservation.charges.push(charge) },
    {
      number: '2',
      what: 'a call that came before the commit',
      damage: ({ reservation }) =>
        reservation.received.push({ userId: 'u1', amount: 10.5, currency: 'EUR', wasCreated: false }),
    },
    {
      number: '2',
      what: 'a call with another amount',
      damage: ({ reservation }) =>
        reservation.received.push({ userId: 'u1', amount: 10.51, currency: 'EUR', wasCreated: true }),
    },
    { number: '3', what: 'a confirmation without a charge', damage: ({ reservation }) => reservation.charges.pop() },
    { number: '4', what: 'a failure that was charged', damage: ({ write }) => write(created, failed('declined')) },
    {
      number: '5',
      what: 'a failure as "not sent" after a send that may have been executed',
      damage: ({ write }) => write(created, failed('not-sent')),
    },
    {
      number: '5',
      what: 'a failure as "declined" without a decline',
      damage: ({ write }) => write(created, failed('declined')),
    },
    {
      number: '6',
      what: 'a gauge that shows too much',
      damage(fixture) {
        appendTo(fixture);
        fixture.evidence.gaugeOpen = 1;
      },
    },
    {
      number: '7',
      what: 'an answer before the commit',
      damage({ reservation }) {
        const summary = summaryOf(ID, reservation.events);
        reservation.shown.push({ summary, durableVersion: 1, sendsBefore: 1, shownBefore: null, intent: null });
      },
    },
    { number: '7', what: 'an answer that was never stored', damage: ({ write }) => write(created, failed('declined')) },
    {
      number: '8',
      what: 'a second verdict',
      damage: ({ reservation }) =>
        reservation.events.push(...record(ID, [created, confirmed, failed('declined')], 't1').slice(2)),
    },
    {
      number: '9',
      what: 'a won race that was lost',
      damage(fixture) {
        const [append] = appendTo(fixture);
        if (append !== undefined)
          fixture.evidence.step.appends.push({ ...append, before: fixture.reservation.events.slice(1) });
      },
    },
    {
      number: '10',
      what: 'a position that is skipped',
      damage(fixture) {
        const [append] = appendTo(fixture);
        if (append !== undefined) fixture.evidence.step.appends.push({ ...append, logBefore: 1 });
      },
    },
    {
      number: '10',
      what: 'a follower that sees an event twice',
      damage({ evidence, reservation }) {
        evidence.followed.push(...reservation.events.slice(1));
        evidence.step.followed.push(...reservation.events.slice(1));
      },
    },
    {
      number: '11',
      what: 'a row that is not the fold',
      damage({ reservation }) {
        reservation.row = summaryOf(ID, reservation.events.slice(0, 1));
      },
    },
    {
      number: '13',
      what: 'a trace of an invalid request',
      damage: ({ evidence }) => evidence.intents.set('t1', intentOf('t1', { expected: null })),
    },
    {
      number: 'E',
      what: 'a trace of a request that was refused',
      damage: ({ evidence }) => evidence.refused.add('t1'),
    },
    {
      number: 'E',
      what: 'a recorded request without a place for its charge',
      damage: ({ evidence }) =>
        evidence.step.observations.push({
          source: 's1.1',
          observation: {
            kind: 'charge-ended',
            reservationId: ID,
            outcome: { kind: 'not-sent', cause: 'bulkhead-full', detail: '' },
            by: 'request',
            durationMs: 0,
          },
        }),
    },
    {
      number: '14',
      what: 'a fourth send',
      damage({ send }) {
        for (const startedAt of [200, 400, 600]) send(startedAt, startedAt + 100);
      },
    },
    { number: '14', what: 'a send of more than 5 s', damage: ({ send }) => send(200, 5_201) },
    { number: '15', what: 'a send after one that may have been executed', damage: ({ send }) => send(200, 300) },
    {
      number: '15',
      what: 'two sends at a time',
      damage({ send, reservation }) {
        reservation.sends.length = 0;
        send(0, 100, true);
        send(50, 150, true);
      },
    },
    {
      number: '16',
      what: 'a send after shutdown began',
      damage({ reservation, process }) {
        const flags = { neverSent: true, wasStopping: true, wasAborted: false };
        reservation.sends.push({ process, chargeRun: 2, startedAt: 200, endedAt: 300, ...flags });
      },
    },
    {
      number: '16',
      what: 'a send for a caller that aborted',
      damage({ reservation, process }) {
        const flags = { neverSent: true, wasStopping: false, wasAborted: true };
        reservation.sends.push({ process, chargeRun: 2, startedAt: 200, endedAt: 300, ...flags });
      },
    },
    {
      number: '18',
      what: 'an answer that is older than one before',
      damage({ reservation }) {
        const now = summaryOf(ID, reservation.events);
        const before = summaryOf(ID, reservation.events.slice(0, 1));
        reservation.shown.push({ summary: before, durableVersion: 2, sendsBefore: 1, shownBefore: now, intent: null });
      },
    },
    {
      number: 'D',
      what: 'a send after an unknown outcome was answered as FAILED',
      damage(fixture) {
        answerFailed(fixture, 3);
        fixture.send(10_000, 10_100);
      },
    },
    {
      number: 'D',
      what: 'an unknown outcome answered as FAILED before its escalation',
      damage: (fixture) => answerFailed(fixture, 2),
    },
    {
      number: '19',
      what: 'an amount that is off by one minor unit',
      damage({ evidence }) {
        evidence.intents.set('t1', intentOf('t1', { expected: { ...expected, amountMinor: 1_051 } }));
      },
    },
    {
      number: 'C',
      what: 'a verdict with the correlation id of another request',
      damage: ({ reservation }) => reservation.events.splice(1, 1, ...record(ID, [created, confirmed], 't2').slice(1)),
    },
    {
      number: 'A',
      what: 'a false alarm',
      damage: ({ evidence }) =>
        evidence.step.observations.push({
          source: 's1.1',
          observation: { kind: 'contradiction', reservationId: ID, detail: 'stands: failed; claimed: approved' },
        }),
    },
    {
      number: 'A',
      what: 'an error that is not documented',
      damage: ({ evidence }) =>
        evidence.step.undocumentedErrors.push({ source: 's1.1', error: new TypeError('undefined') }),
    },
  ];

  test.each(cases)('$what ($number)', ({ number, damage }) => {
    const fixture = healthyEvidence();
    damage(fixture);
    expect(violated(fixture)).toContain(number);
  });
});
