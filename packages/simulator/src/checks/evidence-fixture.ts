import type { RecordedEvent, ReservationEvent, ReservationId, ReservationSummary } from '@reservations/core';
import { encodeEvent } from '@reservations/core/operations';
import { seededRandom } from '@reservations/core/testing';
import {
  createEvidence,
  type ExpectedCharge,
  type Evidence,
  type Intent,
  type ReservationEvidence,
  touch,
} from '../evidence/evidence.ts';
import { createProcess, createUuidSource, type SimProcess } from '../world/process.ts';
import { createWorld } from '../world/event-queue.ts';
import { rowOf } from './fold.ts';
import { STEP_CHECKS } from './step-checks.ts';
import type { Assumptions } from './check.ts';

export const ID: ReservationId = 'RES-019b0000-0000-7000-8000-000000000001';
export const OTHER_ID: ReservationId = 'RES-019b0000-0000-7000-8000-000000000002';
const AT = '2026-01-01T00:00:00.000Z';
const STRICT: Assumptions = { isIdempotent: false, clocksAreCorrect: true };

export const expected: ExpectedCharge = {
  userId: 'u1',
  amountMinor: 1_050,
  currency: 'EUR',
  decimals: 2,
  amount: 10.5,
};
export const charge = { transactionId: 'TXN-1', userId: 'u1', amount: 10.5, currency: 'EUR' };
export const created: ReservationEvent = {
  type: 'RESERVATION_CREATED',
  data: { userId: 'u1', amountMinor: 1_050, currency: 'EUR', decimals: 2, reference: null, metadata: {}, at: AT },
};
const decidedBy = { kind: 'payment-service' } as const;
export const confirmed: ReservationEvent = {
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

export function failed(reason: 'declined' | 'not-sent'): ReservationEvent {
  return { type: 'RESERVATION_FAILED', data: { reason, message: 'no', decidedBy, at: AT } };
}

export function record(id: ReservationId, events: readonly ReservationEvent[], tag: string): RecordedEvent[] {
  return events.map((event, index) => ({
    ...encodeEvent(event),
    id: `event-${index}`,
    metadata: { recordedAt: AT, correlationId: tag, causationId: 'c', traceparent: null, caller: 'alice' },
    stream: id,
    version: index + 1,
    position: index + 1,
    commandId: `command-${index}`,
  }));
}

export function summaryOf(id: ReservationId, events: readonly RecordedEvent[]): ReservationSummary {
  const row = rowOf(id, events);
  if (row === null) throw new Error('no events');
  return row;
}

export function intentOf(tag: string, rest: Partial<Intent> = {}): Intent {
  return { tag, caller: 'alice', key: 'k', expected, ...rest };
}

export interface EvidenceFixture {
  readonly evidence: Evidence;
  readonly reservation: ReservationEvidence;
  readonly process: SimProcess;
  /** Replaces the stream and everything that is derived from it. */
  write(...events: readonly ReservationEvent[]): void;
  send(startedAt: number, endedAt: number, neverSent?: boolean): void;
}

/** Good evidence of one reservation that was requested, charged, confirmed and answered. */
export function healthyEvidence(): EvidenceFixture {
  const evidence = createEvidence();
  const reservation = touch(evidence, ID);
  const world = createWorld(0);
  const deps = { world, random: seededRandom(1), uuids: createUuidSource(), skewMs: 0 };
  const process = createProcess('s1.1', { ...deps, mode: 'none' });
  const intent = intentOf('t1');
  evidence.intents.set('t1', intent);
  const fixture: EvidenceFixture = {
    evidence,
    reservation,
    process,
    write(...events) {
      const recorded = record(ID, events, 't1');
      reservation.events.splice(0, Infinity, ...recorded);
      evidence.log.splice(0, Infinity, ...recorded);
      evidence.followed.splice(0, Infinity, ...recorded);
      reservation.row = summaryOf(ID, recorded);
    },
    send(startedAt, endedAt, neverSent = false) {
      const flags = { neverSent, wasStopping: false, wasAborted: false };
      reservation.sends.push({ process, chargeRun: 1, startedAt, endedAt, ...flags });
    },
  };
  fixture.write(created, confirmed);
  fixture.send(0, 100);
  reservation.received.push({ userId: 'u1', amount: 10.5, currency: 'EUR', wasCreated: true });
  reservation.charges.push(charge);
  const summary = summaryOf(ID, reservation.events);
  reservation.shown.push({ summary, durableVersion: 2, sendsBefore: 1, shownBefore: null, intent });
  evidence.step.answers.push({ intent, kind: 'reservation', reservationId: ID, logAtAsking: 0 });
  return fixture;
}

export function violated({ evidence }: EvidenceFixture, assumptions: Assumptions = STRICT): readonly string[] {
  return STEP_CHECKS.filter((invariant) => invariant.check(evidence, assumptions) !== null).map(({ number }) => number);
}

export function appendTo({ evidence, reservation }: EvidenceFixture): Evidence['step']['appends'] {
  const [first] = reservation.events;
  if (first === undefined) throw new Error('no events');
  evidence.step.appends.push({
    request: {
      stream: ID,
      expected: 'none',
      events: [first],
      commandId: 'command-0',
      inlineWrites: { summary: null, work: { change: 'keep' }, key: { kind: 'keep' } },
    },
    result: { kind: 'appended', version: 1, position: 1 },
    before: [],
    written: [first],
    logBefore: 0,
  });
  return evidence.step.appends;
}

/** Creates another reservation with the same key after everything that is written. */
export function claimAgain({ evidence }: EvidenceFixture): void {
  const events = record(OTHER_ID, [created], 't2').map((event) => ({ ...event, position: evidence.log.length + 1 }));
  const [first] = events;
  if (first === undefined) throw new Error('no events');
  evidence.intents.set('t2', intentOf('t2'));
  touch(evidence, OTHER_ID).events.push(first);
  evidence.step.appends.push({
    request: {
      stream: OTHER_ID,
      expected: 'none',
      events: [first],
      commandId: first.commandId,
      inlineWrites: { summary: null, work: { change: 'keep' }, key: { kind: 'keep' } },
    },
    result: { kind: 'appended', version: 1, position: first.position },
    before: [],
    written: [first],
    logBefore: evidence.log.length,
  });
}

/** Answers an unknown outcome as FAILED when `durableVersion` of its events are durable. */
export function answerFailed({ evidence, reservation, write }: EvidenceFixture, durableVersion: number): void {
  write(created, unresolved, escalated);
  reservation.charges.length = 0;
  reservation.shown.length = 0;
  evidence.step.answers.length = 0;
  const summary = summaryOf(ID, reservation.events);
  const sendsBefore = reservation.sends.length;
  reservation.shown.push({ summary, durableVersion, sendsBefore, shownBefore: null, intent: intentOf('t1') });
}
