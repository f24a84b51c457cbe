import { describe, expect, test } from 'vitest';
import { touch } from '../evidence/evidence.ts';
import {
  appendTo,
  violated,
  claimAgain,
  created,
  type EvidenceFixture,
  expected,
  failed,
  healthyEvidence,
  ID,
  intentOf,
  OTHER_ID,
  record,
} from './evidence-fixture.ts';

describe('the invariant of keys is violated by', () => {
  const cases: readonly { number: string; what: string; damage(fixture: EvidenceFixture): void }[] = [
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
  ];

  test.each(cases)('$what ($number)', ({ number, damage }) => {
    const fixture = healthyEvidence();
    damage(fixture);
    expect(violated(fixture)).toContain(number);
  });
});
