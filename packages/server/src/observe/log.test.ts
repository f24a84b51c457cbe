import type { Observation, ReservationId } from '@reservations/core';
import { expect, test } from 'vitest';
import { memoryLog } from './memory-log-fixture.ts';
import { logObserver } from './log.ts';

const reservationId: ReservationId = 'RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4';

function logged(observation: Observation): unknown {
  const log = memoryLog();
  logObserver(log.logger)(observation);
  return log.lines()[0];
}

test.each<Extract<Observation, { readonly reservationId: ReservationId; readonly detail: string }>>([
  { kind: 'contradiction', reservationId, detail: 'why' },
  { kind: 'payment-escalated', reservationId, reason: 'settlement-gave-up', detail: 'why' },
  { kind: 'payment-misconfigured', reservationId, detail: 'why' },
])('what needs an operator is an error line that is marked as an alarm: $kind', (observation) => {
  const { reservationId: reservation_id, ...facts } = observation;
  expect(logged(observation)).toEqual({ level: 50, alarm: true, reservation_id, ...facts, msg: expect.any(String) });
});

test.each(['subscription-stopped', 'subscription-skipped'] as const)(
  'an event that a subscription cannot handle is an alarm: %s',
  (kind) => {
    const facts = { kind, subscription: 'mails', position: 17, detail: 'why' };
    expect(logged(facts)).toEqual({ level: 50, alarm: true, ...facts, msg: expect.any(String) });
  },
);

test('an alarm of the store is an error line when it is raised, and told as over when it is cleared', () => {
  const facts = { kind: 'store-alarm', alarm: 'asynchronous-replication', detail: 'why' } as const;
  const line = { kind: 'store-alarm', store_alarm: 'asynchronous-replication', detail: 'why', msg: expect.any(String) };
  expect(logged({ ...facts, raised: true })).toEqual({ level: 50, alarm: true, raised: true, ...line });
  expect(logged({ ...facts, raised: false })).toEqual({ level: 30, raised: false, ...line });
});

test('what a subscription mends by itself is a warning', () => {
  const error = new Error('no mail server');
  expect(logged({ kind: 'subscription-retry', subscription: 'mails', position: 17, attempt: 2, error })).toMatchObject({
    level: 40,
    subscription: 'mails',
    position: 17,
    attempt: 2,
    err: { message: 'no mail server' },
  });
  expect(logged({ kind: 'subscription-lost', subscription: 'mails' })).toMatchObject({ level: 40 });
  expect(logged({ kind: 'feed-fault', subscription: null, error })).toMatchObject({
    level: 40,
    subscription: null,
    err: { message: 'no mail server' },
  });
});

test('a reservation whose charge was not made or recorded is an error, and no alarm: settlement takes it up', () => {
  expect(logged({ kind: 'charge-fault', reservationId, error: new Error('disk full') })).toEqual({
    level: 50,
    kind: 'charge-fault',
    reservation_id: reservationId,
    err: expect.objectContaining({ message: 'disk full' }),
    msg: expect.any(String),
  });
});

test.each(['declined', 'refused'] as const)('a charge that is %s is a quiet line without the message', (kind) => {
  const outcome = { kind, message: 'Insufficient funds' };
  expect(logged({ kind: 'charge-ended', reservationId, outcome, by: 'request', durationMs: 12 })).toEqual({
    level: 20,
    kind: 'charge-ended',
    reservation_id: reservationId,
    outcome: kind,
    by: 'request',
    duration_ms: 12,
    msg: 'a charge ended',
  });
});

test('a charge without a verdict is a warning that says why', () => {
  const outcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: 'no answer' } as const;
  expect(logged({ kind: 'charge-ended', reservationId, outcome, by: 'settlement', durationMs: 12 })).toMatchObject({
    level: 40,
    outcome: 'unknown',
    cause: 'deadline-exceeded',
    detail: 'no answer',
  });
});

test('a lost lease and a fault of settlement are warnings', () => {
  expect(logged({ kind: 'lease-lost', reservationId })).toMatchObject({ level: 40, reservation_id: reservationId });
  const fault = logged({ kind: 'settlement-fault', reservationId: null, error: new Error('disk full') });
  expect(fault).toMatchObject({ level: 40, reservation_id: null, err: { message: 'disk full' } });
});
