import type { Observation, ReservationId } from '@reservations/core';
import { expect, test } from 'vitest';
import { memoryLog } from '../test/memory-log.ts';
import { logObserver } from './log.ts';

const reservationId: ReservationId = 'RES-01997e0c-8a3f-7cc0-8000-5be2a1f0c6d4';

function logged(observation: Observation): unknown {
  const log = memoryLog();
  logObserver(log.logger)(observation);
  return log.lines()[0];
}

test('what needs a person is an error line that is marked as an alarm', () => {
  for (const kind of ['contradiction', 'payment-escalated', 'payment-misconfigured'] as const) {
    expect(logged({ kind, reservationId, detail: 'why' })).toEqual({
      level: 50,
      alarm: true,
      kind,
      reservation_id: reservationId,
      detail: 'why',
      msg: expect.any(String),
    });
  }
});

test('a charge with a verdict is a quiet line without the message of the payment service', () => {
  const outcome = { kind: 'declined', message: 'Insufficient funds' } as const;
  expect(logged({ kind: 'charge-ended', reservationId, outcome, by: 'request', durationMs: 12 })).toEqual({
    level: 20,
    kind: 'charge-ended',
    reservation_id: reservationId,
    outcome: 'declined',
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
