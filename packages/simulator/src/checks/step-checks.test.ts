import { describe, expect, it } from 'vitest';
import { touch } from '../evidence/evidence.ts';
import { findUnrecordedCharge } from './confirmed-means-charged.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';
import {
  appendTo,
  broken,
  charge,
  claimAgain,
  confirmed,
  created,
  expected,
  failed,
  healthyEvidence,
  ID,
  intentOf,
  OTHER_ID,
  record,
  type EvidenceFixture,
  summaryOf,
  tellFailed,
} from './evidence-fixture.ts';

it('a key that is free again, and FAILED told of what an operator was asked about, break nothing', () => {
  const freed = healthyEvidence();
  freed.write(created, failed('not-sent'));
  claimAgain(freed);
  expect(broken(freed)).not.toContain('12');
  const told = healthyEvidence();
  tellFailed(told, 3);
  expect(broken(told)).toEqual([]);
});

it('nothing is broken where nothing is wrong', () => {
  const fixture = healthyEvidence();
  appendTo(fixture);
  expect(broken(fixture)).toEqual([]);
});

describe('an invariant is broken by', () => {
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
      what: 'a failure as "declined" that nobody declined',
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
      what: 'an answer that runs ahead of the commit',
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
      what: 'a follower who sees an event twice',
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
      number: '12',
      what: 'a second reservation for one key',
      damage(fixture) {
        appendTo(fixture);
        const other = touch(fixture.evidence, OTHER_ID);
        fixture.evidence.intents.set('t2', intentOf('t2'));
        other.events.push(...record(OTHER_ID, [created], 't2'));
      },
    },
    {
      number: '12',
      what: "an answer with another caller's reservation",
      damage: ({ evidence }) =>
        evidence.step.answers.push({
          intent: intentOf('t2', { caller: 'bob' }),
          kind: 'reservation',
          reservationId: ID,
          logAtAsking: 0,
        }),
    },
    {
      number: '12',
      what: 'an answer to another body',
      damage: ({ evidence }) =>
        evidence.step.answers.push({
          intent: intentOf('t2', { expected: { ...expected, amountMinor: 1 } }),
          kind: 'reservation',
          reservationId: ID,
          logAtAsking: 0,
        }),
    },
    {
      number: '12',
      what: 'a refusal of the same body',
      damage: ({ evidence }) =>
        evidence.step.answers.push({ intent: intentOf('t2'), kind: 'key-reused', reservationId: null, logAtAsking: 0 }),
    },
    {
      number: '12',
      what: 'a second reservation for a key that made one which was declined',
      damage(fixture) {
        fixture.write(created, failed('declined'));
        claimAgain(fixture);
      },
    },
    {
      number: '12',
      what: 'an answer with what had failed unsent before it was asked for',
      damage({ evidence, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2');
        evidence.step.answers.push({ intent, kind: 'reservation', reservationId: ID, logAtAsking: 2 });
      },
    },
    {
      number: '12',
      what: 'a key in progress whose reservation had failed unsent before it was asked for',
      damage({ evidence, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2');
        evidence.step.answers.push({ intent, kind: 'key-in-progress', reservationId: ID, logAtAsking: 2 });
      },
    },
    {
      number: '12',
      what: 'a refusal because of a body whose request had failed unsent before',
      damage({ evidence, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2', { expected: { ...expected, amountMinor: 1 } });
        evidence.step.answers.push({ intent, kind: 'key-reused', reservationId: null, logAtAsking: 2 });
      },
    },
    {
      number: '13',
      what: 'a trace of an invalid request',
      damage: ({ evidence }) => evidence.intents.set('t1', intentOf('t1', { expected: null })),
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
        reservation.sends.push({ process, run: 2, startedAt: 200, endedAt: 300, ...flags });
      },
    },
    {
      number: '16',
      what: 'a send for a caller who has gone',
      damage({ reservation, process }) {
        const flags = { neverSent: true, wasStopping: false, wasAborted: true };
        reservation.sends.push({ process, run: 2, startedAt: 200, endedAt: 300, ...flags });
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
      what: 'a send after FAILED was told of an unknown outcome',
      damage(fixture) {
        tellFailed(fixture, 3);
        fixture.send(10_000, 10_100);
      },
    },
    {
      number: 'D',
      what: 'FAILED told of an unknown outcome before an operator was asked',
      damage: (fixture) => tellFailed(fixture, 2),
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
          who: 's1.1',
          observation: { kind: 'contradiction', reservationId: ID, detail: 'stands: failed; claimed: approved' },
        }),
    },
    {
      number: 'A',
      what: 'an error that nobody documented',
      damage: ({ evidence }) =>
        evidence.step.undocumentedErrors.push({ who: 's1.1', error: new TypeError('undefined') }),
    },
  ];

  it.each(cases)('$what ($number)', ({ number, damage }) => {
    const fixture = healthyEvidence();
    damage(fixture);
    expect(broken(fixture)).toContain(number);
  });
});

describe('in the end', () => {
  it('a reservation that is still open is found', () => {
    const { evidence, write } = healthyEvidence();
    expect(findOpenReservation(evidence, 1_000)).toBeNull();
    write(created);
    expect(findOpenReservation(evidence, 1_000)).toEqual({
      about: ID,
      seen: 'still open 1000 ms after the last fault',
    });
  });

  it('a charge that nobody knows of is found', () => {
    const { evidence, write } = healthyEvidence();
    expect(findUnrecordedCharge(evidence)).toBeNull();
    write(created);
    expect(findUnrecordedCharge(evidence)).toEqual({ about: ID, seen: 'charged, and in the end "processing"' });
  });

  it('an event that no follower saw is found', () => {
    const { evidence } = healthyEvidence();
    expect(findUnseenEvent(evidence)).toBeNull();
    evidence.followed.pop();
    expect(findUnseenEvent(evidence)).toEqual({ about: ID, seen: 'position 2 was never seen' });
  });

  it('a row that a rebuilt view would not have is found', () => {
    const { evidence, reservation } = healthyEvidence();
    const row = summaryOf(ID, reservation.events);
    expect(findStaleRow(evidence.log, [row])).toBeNull();
    expect(findStaleRow(evidence.log, [{ ...row, version: 1 }])).toEqual({
      about: ID,
      seen: 'the rebuilt view differs',
    });
    expect(findStaleRow(evidence.log, [])).toEqual({ about: null, seen: '1 streams, 0 rows' });
  });
});
