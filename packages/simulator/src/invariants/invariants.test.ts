import {
  encodeEvent,
  type RecordedEvent,
  type ReservationEvent,
  type ReservationId,
  type ReservationSummary,
} from '@reservations/core';
import { describe, expect, it } from 'vitest';
import { createFacts, type ExpectedCharge, type Facts, type Intent, type ReservationFacts, touch } from '../facts.ts';
import { createProcess, createUuidSource, type SimProcess } from '../process.ts';
import { createRandom } from '../random.ts';
import { createWorld } from '../world.ts';
import { findForgottenCharge } from './confirmed-means-charged.ts';
import { rowOf } from './fold.ts';
import { INVARIANTS } from './index.ts';
import type { Rules } from './invariant.ts';
import { findOpenReservation } from './nothing-stays-open.ts';
import { findUnseenEvent } from './positions.ts';
import { findStaleRow } from './view-is-the-fold.ts';

const ID: ReservationId = 'RES-019b0000-0000-7000-8000-000000000001';
const OTHER_ID: ReservationId = 'RES-019b0000-0000-7000-8000-000000000002';
const AT = '2026-01-01T00:00:00.000Z';
const STRICT: Rules = { isIdempotent: false, clocksAreRight: true };

const expected: ExpectedCharge = { userId: 'u1', amountMinor: 1_050, currency: 'EUR', decimals: 2, amount: 10.5 };
const charge = { transactionId: 'TXN-1', userId: 'u1', amount: 10.5, currency: 'EUR' };
const created: ReservationEvent = {
  type: 'RESERVATION_CREATED',
  data: { userId: 'u1', amountMinor: 1_050, currency: 'EUR', decimals: 2, at: AT },
};
const decidedBy = { kind: 'payment-service' } as const;
const confirmed: ReservationEvent = {
  type: 'RESERVATION_CONFIRMED',
  data: { transactionId: 'TXN-1', message: 'charged', decidedBy, at: AT },
};

const unresolved: ReservationEvent = {
  type: 'PAYMENT_UNRESOLVED',
  data: { cause: 'deadline-exceeded', detail: '5 s', answeredAs: 'failed', at: AT },
};
const escalated: ReservationEvent = {
  type: 'PAYMENT_ESCALATED',
  data: { reason: 'answered-failed', detail: '5 s', transactionId: null, at: AT },
};

function failed(reason: 'declined' | 'not-sent'): ReservationEvent {
  return { type: 'RESERVATION_FAILED', data: { reason, message: 'no', decidedBy, at: AT } };
}

function record(id: ReservationId, events: readonly ReservationEvent[], tag: string): RecordedEvent[] {
  return events.map((event, index) => ({
    ...encodeEvent(event),
    id: `event-${index}`,
    metadata: { recordedAt: AT, correlationId: tag, causationId: 'c', traceparent: null },
    stream: id,
    version: index + 1,
    position: index + 1,
    commandId: `command-${index}`,
  }));
}

function summaryOf(id: ReservationId, events: readonly RecordedEvent[]): ReservationSummary {
  const row = rowOf(id, events);
  if (row === null) throw new Error('no events');
  return row;
}

function intentOf(tag: string, rest: Partial<Intent> = {}): Intent {
  return { tag, caller: 'alice', key: 'k', expected, ...rest };
}

interface Scene {
  readonly facts: Facts;
  readonly reservation: ReservationFacts;
  readonly process: SimProcess;
  /** Replaces the stream and everything that follows from it. */
  write(...events: readonly ReservationEvent[]): void;
  send(startedAt: number, endedAt: number, neverSent?: boolean): void;
}

/** One reservation that was asked for, charged, confirmed and answered: nothing is wrong with it. */
function healthyScene(): Scene {
  const facts = createFacts();
  const reservation = touch(facts, ID);
  const world = createWorld(0);
  const parts = { world, random: createRandom('test'), uuids: createUuidSource(), skewMs: 0 };
  const process = createProcess('s1.1', { ...parts, mode: 'none' });
  const intent = intentOf('t1');
  facts.intents.set('t1', intent);
  const scene: Scene = {
    facts,
    reservation,
    process,
    write(...events) {
      const recorded = record(ID, events, 't1');
      reservation.events.splice(0, Infinity, ...recorded);
      facts.log.splice(0, Infinity, ...recorded);
      facts.followed.splice(0, Infinity, ...recorded);
      reservation.row = summaryOf(ID, recorded);
    },
    send(startedAt, endedAt, neverSent = false) {
      const flags = { neverSent, wasStopping: false, wasAborted: false };
      reservation.sends.push({ process, run: 1, startedAt, endedAt, ...flags });
    },
  };
  scene.write(created, confirmed);
  scene.send(0, 100);
  reservation.received.push({ userId: 'u1', amount: 10.5, currency: 'EUR', wasCreated: true });
  reservation.charges.push(charge);
  const summary = summaryOf(ID, reservation.events);
  reservation.shown.push({ summary, durableVersion: 2, sendsBefore: 1, shownBefore: null, intent });
  facts.fresh.answers.push({ intent, kind: 'reservation', reservationId: ID, logAtAsking: 0 });
  return scene;
}

function broken({ facts }: Scene, rules: Rules = STRICT): readonly string[] {
  return INVARIANTS.filter((invariant) => invariant.check(facts, rules) !== null).map(({ number }) => number);
}

function appendTo({ facts, reservation }: Scene): Facts['fresh']['appends'] {
  const [first] = reservation.events;
  if (first === undefined) throw new Error('no events');
  facts.fresh.appends.push({
    request: {
      stream: ID,
      expected: 'none',
      events: [first],
      commandId: 'command-0',
      alongside: { summary: null, payment: { kind: 'keep' }, key: { kind: 'keep' } },
    },
    result: { kind: 'appended', version: 1, position: 1 },
    before: [],
    written: [first],
    logBefore: 0,
  });
  return facts.fresh.appends;
}

/** Another request makes a reservation with the same key, once everything that is written is durable. */
function claimAgain({ facts }: Scene): void {
  const events = record(OTHER_ID, [created], 't2').map((event) => ({ ...event, position: facts.log.length + 1 }));
  const [first] = events;
  if (first === undefined) throw new Error('no events');
  facts.intents.set('t2', intentOf('t2'));
  touch(facts, OTHER_ID).events.push(first);
  facts.fresh.appends.push({
    request: {
      stream: OTHER_ID,
      expected: 'none',
      events: [first],
      commandId: first.commandId,
      alongside: { summary: null, payment: { kind: 'keep' }, key: { kind: 'keep' } },
    },
    result: { kind: 'appended', version: 1, position: first.position },
    before: [],
    written: [first],
    logBefore: facts.log.length,
  });
}

/** An unknown outcome that is told as FAILED when so many of its events are durable. */
function tellFailed({ facts, reservation, write }: Scene, durableVersion: number): void {
  write(created, unresolved, escalated);
  reservation.charges.length = 0;
  reservation.shown.length = 0;
  facts.fresh.answers.length = 0;
  const summary = summaryOf(ID, reservation.events);
  const sendsBefore = reservation.sends.length;
  reservation.shown.push({ summary, durableVersion, sendsBefore, shownBefore: null, intent: intentOf('t1') });
}

it('a key that is free again, and FAILED told of what an operator was asked about, break nothing', () => {
  const freed = healthyScene();
  freed.write(created, failed('not-sent'));
  claimAgain(freed);
  expect(broken(freed)).not.toContain('12');
  const told = healthyScene();
  tellFailed(told, 3);
  expect(broken(told)).toEqual([]);
});

it('nothing is broken where nothing is wrong', () => {
  const scene = healthyScene();
  appendTo(scene);
  expect(broken(scene)).toEqual([]);
});

describe('an invariant is broken by', () => {
  const cases: readonly { number: string; what: string; damage(scene: Scene): void }[] = [
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
      damage(scene) {
        appendTo(scene);
        scene.facts.gaugeOpen = 1;
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
      damage(scene) {
        const [append] = appendTo(scene);
        if (append !== undefined)
          scene.facts.fresh.appends.push({ ...append, before: scene.reservation.events.slice(1) });
      },
    },
    {
      number: '10',
      what: 'a position that is skipped',
      damage(scene) {
        const [append] = appendTo(scene);
        if (append !== undefined) scene.facts.fresh.appends.push({ ...append, logBefore: 1 });
      },
    },
    {
      number: '10',
      what: 'a follower who sees an event twice',
      damage({ facts, reservation }) {
        facts.followed.push(...reservation.events.slice(1));
        facts.fresh.followed.push(...reservation.events.slice(1));
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
      damage(scene) {
        appendTo(scene);
        const other = touch(scene.facts, OTHER_ID);
        scene.facts.intents.set('t2', intentOf('t2'));
        other.events.push(...record(OTHER_ID, [created], 't2'));
      },
    },
    {
      number: '12',
      what: "an answer with another caller's reservation",
      damage: ({ facts }) =>
        facts.fresh.answers.push({
          intent: intentOf('t2', { caller: 'bob' }),
          kind: 'reservation',
          reservationId: ID,
          logAtAsking: 0,
        }),
    },
    {
      number: '12',
      what: 'an answer to another body',
      damage: ({ facts }) =>
        facts.fresh.answers.push({
          intent: intentOf('t2', { expected: { ...expected, amountMinor: 1 } }),
          kind: 'reservation',
          reservationId: ID,
          logAtAsking: 0,
        }),
    },
    {
      number: '12',
      what: 'a refusal of the same body',
      damage: ({ facts }) =>
        facts.fresh.answers.push({ intent: intentOf('t2'), kind: 'key-reused', reservationId: null, logAtAsking: 0 }),
    },
    {
      number: '12',
      what: 'a second reservation for a key that made one which was declined',
      damage(scene) {
        scene.write(created, failed('declined'));
        claimAgain(scene);
      },
    },
    {
      number: '12',
      what: 'an answer with what had failed unsent before it was asked for',
      damage({ facts, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2');
        facts.fresh.answers.push({ intent, kind: 'reservation', reservationId: ID, logAtAsking: 2 });
      },
    },
    {
      number: '12',
      what: 'a key in progress whose reservation had failed unsent before it was asked for',
      damage({ facts, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2');
        facts.fresh.answers.push({ intent, kind: 'key-in-progress', reservationId: ID, logAtAsking: 2 });
      },
    },
    {
      number: '12',
      what: 'a refusal because of a body whose request had failed unsent before',
      damage({ facts, write }) {
        write(created, failed('not-sent'));
        const intent = intentOf('t2', { expected: { ...expected, amountMinor: 1 } });
        facts.fresh.answers.push({ intent, kind: 'key-reused', reservationId: null, logAtAsking: 2 });
      },
    },
    {
      number: '13',
      what: 'a trace of an invalid request',
      damage: ({ facts }) => facts.intents.set('t1', intentOf('t1', { expected: null })),
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
      number: 'C',
      what: 'a send after FAILED was told of an unknown outcome',
      damage(scene) {
        tellFailed(scene, 3);
        scene.send(10_000, 10_100);
      },
    },
    {
      number: 'C',
      what: 'FAILED told of an unknown outcome before an operator was asked',
      damage: (scene) => tellFailed(scene, 2),
    },
    {
      number: '19',
      what: 'an amount that is off by one minor unit',
      damage({ facts }) {
        facts.intents.set('t1', intentOf('t1', { expected: { ...expected, amountMinor: 1_051 } }));
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
      damage: ({ facts }) =>
        facts.fresh.observations.push({
          who: 's1.1',
          observation: { kind: 'contradiction', reservationId: ID, detail: 'stands: failed; claimed: approved' },
        }),
    },
    {
      number: 'A',
      what: 'an error that nobody documented',
      damage: ({ facts }) => facts.fresh.surprises.push({ who: 's1.1', error: new TypeError('undefined') }),
    },
  ];

  it.each(cases)('$what ($number)', ({ number, damage }) => {
    const scene = healthyScene();
    damage(scene);
    expect(broken(scene)).toContain(number);
  });
});

describe('in the end', () => {
  it('a reservation that is still open is found', () => {
    const { facts, write } = healthyScene();
    expect(findOpenReservation(facts, 1_000)).toBeNull();
    write(created);
    expect(findOpenReservation(facts, 1_000)).toEqual({ about: ID, seen: 'still open 1000 ms after the last fault' });
  });

  it('a charge that nobody knows of is found', () => {
    const { facts, write } = healthyScene();
    expect(findForgottenCharge(facts)).toBeNull();
    write(created);
    expect(findForgottenCharge(facts)).toEqual({ about: ID, seen: 'charged, and in the end "processing"' });
  });

  it('an event that no follower saw is found', () => {
    const { facts } = healthyScene();
    expect(findUnseenEvent(facts)).toBeNull();
    facts.followed.pop();
    expect(findUnseenEvent(facts)).toEqual({ about: ID, seen: 'position 2 was never seen' });
  });

  it('a row that a rebuilt view would not have is found', () => {
    const { facts, reservation } = healthyScene();
    const row = summaryOf(ID, reservation.events);
    expect(findStaleRow(facts.log, [row])).toBeNull();
    expect(findStaleRow(facts.log, [{ ...row, version: 1 }])).toEqual({ about: ID, seen: 'the rebuilt view differs' });
    expect(findStaleRow(facts.log, [])).toEqual({ about: null, seen: '1 streams, 0 rows' });
  });
});
