import { describe, expect, test } from 'vitest';
import { given } from '../../testing/given.ts';
import type { Command, RecordOutcome } from './commands.ts';
import type { PaymentOutcome } from '../payment-outcome.ts';
import type {
  AnswerUnknownAs,
  PaymentEscalated,
  PaymentUnresolved,
  ReservationConfirmed,
  ReservationCreated,
  ReservationEvent,
  ReservationFailed,
} from './events.ts';
import { evolve, initialState } from './reservation.ts';

const AT = '2026-01-02T03:04:05.678Z';
const money = { amountMinor: 1_050, currency: 'EUR', decimals: 2 };
const byService = { kind: 'payment-service' } as const;
const byOperator = { kind: 'operator', actor: 'ada', reason: 'ledger checked' } as const;

const about = { reference: 'order-1', metadata: { shop: 'Berlin' } };

const created: ReservationCreated = {
  type: 'RESERVATION_CREATED',
  data: { userId: 'u1', ...money, ...about, at: AT },
};

function confirmed(
  transactionId = 'TXN-1',
  decidedBy: ReservationConfirmed['data']['decidedBy'] = byService,
): ReservationConfirmed {
  const message = decidedBy.kind === 'operator' ? 'Reservation confirmed' : 'ok';
  return { type: 'RESERVATION_CONFIRMED', data: { transactionId, message, decidedBy, at: AT } };
}

function failed(reason: ReservationFailed['data']['reason'], message: string): ReservationFailed {
  const decidedBy = reason === 'found-not-charged' ? byOperator : byService;
  return { type: 'RESERVATION_FAILED', data: { reason, message, decidedBy, at: AT } };
}

function unresolved(answeredAs: AnswerUnknownAs = 'pending'): PaymentUnresolved {
  return { type: 'PAYMENT_UNRESOLVED', data: { cause: 'deadline-exceeded', detail: '5 s', answeredAs, at: AT } };
}

function escalated(
  reason: PaymentEscalated['data']['reason'] = 'settlement-gave-up',
  transactionId: string | null = null,
): PaymentEscalated {
  const detail = transactionId === null ? 'tried for an hour' : 'ok';
  return { type: 'PAYMENT_ESCALATED', data: { reason, detail, transactionId, at: AT } };
}

const approved: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'ok' };
const declined: PaymentOutcome = { kind: 'declined', message: 'no funds' };
const refused: PaymentOutcome = { kind: 'refused', message: 'unknown currency' };
const notSent: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
const unknown: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: '5 s' };

const create: Command = { type: 'create', userId: 'u1', money, ...about, at: AT };
const escalate: Command = { type: 'escalate', reason: 'settlement-gave-up', detail: 'tried for an hour', at: AT };

function record(outcome: PaymentOutcome, answerUnknownAs: AnswerUnknownAs = 'pending'): RecordOutcome {
  return { type: 'record-outcome', outcome, answerUnknownAs, at: AT };
}

function resolve(finding: 'charged' | 'not-charged', transactionId = 'TXN-1'): Command {
  return {
    type: 'resolve',
    finding: finding === 'charged' ? { kind: 'charged', transactionId } : { kind: 'not-charged' },
    actor: 'ada',
    reason: 'ledger checked',
    at: AT,
  };
}

describe('create', () => {
  test('opens a reservation', () => given().when(create).leadsTo([created]));
  test('of a reservation that exists is rejected', () =>
    given(created).when(create).leadsTo({ kind: 'already-exists' }));
});

describe('an outcome of the first run', () => {
  test('approved confirms', () => given(created).when(record(approved)).leadsTo([confirmed()]));
  test('declined fails with the payment service’s own message', () =>
    given(created)
      .when(record(declined))
      .leadsTo([failed('declined', 'no funds')]));
  test('refused fails with the payment service’s own message', () =>
    given(created)
      .when(record(refused))
      .leadsTo([failed('declined', 'unknown currency')]));
  test('not sent fails: nothing was charged', () =>
    given(created)
      .when(record(notSent))
      .leadsTo([
        failed('not-sent', 'Payment service temporarily unavailable. Nothing was charged; please try again later.'),
      ]));
  test('unknown leaves the reservation open, and says so', () =>
    given(created).when(record(unknown)).leadsTo([unresolved()]));
  test('unknown that the caller is told as "failed" is escalated at once: nothing may be sent any more', () => {
    const told: PaymentEscalated = {
      type: 'PAYMENT_ESCALATED',
      data: { reason: 'answered-failed', detail: 'unknown, deadline-exceeded: 5 s', transactionId: null, at: AT },
    };
    given(created)
      .when(record(unknown, 'failed'))
      .leadsTo([unresolved('failed'), told]);
  });
  test('unknown is not told as "failed" once it was left open as what it is', () =>
    given(created, unresolved()).when(record(unknown, 'failed')).leadsTo([]));
  test('for a reservation that does not exist is rejected', () =>
    given().when(record(approved)).leadsTo({ kind: 'not-found' }));
});

describe.each([
  ['unresolved', [created, unresolved()]],
  ['escalated', [created, unresolved(), escalated()]],
  ['escalated at once', [created, escalated('may-not-be-sent-again')]],
] as const)('once a payment is %s', (_, events) => {
  test('approved confirms', () =>
    given(...events)
      .when(record(approved))
      .leadsTo([confirmed()]));
  test('declined fails', () =>
    given(...events)
      .when(record(declined))
      .leadsTo([failed('declined', 'no funds')]));
  test('not sent changes nothing: an earlier attempt may have been executed', () =>
    given(...events)
      .when(record(notSent))
      .leadsTo([]));
  test('refused changes nothing: it says nothing about an earlier attempt', () =>
    given(...events)
      .when(record(refused))
      .leadsTo([]));
  test('unknown changes nothing', () =>
    given(...events)
      .when(record(unknown))
      .leadsTo([]));
});

describe('an operator', () => {
  const escalatedOnce = given(created, unresolved(), escalated());
  test('confirms with the transaction that was found', () =>
    escalatedOnce.when(resolve('charged', 'TXN-9')).leadsTo([confirmed('TXN-9', byOperator)]));
  test('fails what was not charged', () =>
    escalatedOnce.when(resolve('not-charged')).leadsTo([failed('found-not-charged', 'Payment was not executed')]));
  test('decides nothing while settlement is at work', () => {
    given(created).when(resolve('charged')).leadsTo({ kind: 'not-escalated', stage: 'processing' });
    given(created, unresolved()).when(resolve('not-charged')).leadsTo({ kind: 'not-escalated', stage: 'unresolved' });
  });
  test('decides nothing about a reservation that does not exist', () =>
    given().when(resolve('charged')).leadsTo({ kind: 'not-found' }));
});

describe('terminal is terminal', () => {
  const asConfirmed = [created, confirmed()];
  const asFailed = [created, failed('declined', 'no funds')];

  test('the same verdict again changes nothing', () => {
    given(...asConfirmed)
      .when(record(approved))
      .leadsTo([]);
    given(...asConfirmed)
      .when(resolve('charged'))
      .leadsTo([]);
    given(...asFailed)
      .when(record(declined))
      .leadsTo([]);
    given(...asFailed)
      .when(resolve('not-charged'))
      .leadsTo([]);
  });

  test('what says nothing new changes nothing', () => {
    for (const command of [record(unknown), record(notSent), record(refused), escalate]) {
      given(...asConfirmed)
        .when(command)
        .leadsTo([]);
      given(...asFailed)
        .when(command)
        .leadsTo([]);
    }
  });

  test('a contradictory verdict is an alarm, never an overwrite', () => {
    const stands = 'stands: confirmed with transaction TXN-1';
    given(...asConfirmed)
      .when(record(declined))
      .leadsTo({
        kind: 'contradiction',
        stands: 'confirmed',
        claim: 'declined',
        detail: `${stands}; claimed: declined`,
      });
    given(...asConfirmed)
      .when(resolve('charged', 'TXN-2'))
      .leadsTo({
        kind: 'contradiction',
        stands: 'confirmed',
        claim: 'approved',
        detail: `${stands}; claimed: approved with transaction TXN-2`,
      });
    given(...asFailed)
      .when(record(approved))
      .leadsTo({
        kind: 'contradiction',
        stands: 'failed',
        claim: 'approved',
        detail: 'stands: failed (declined); claimed: approved with transaction TXN-1',
      });
  });
});

describe('a charge found after the caller was told "failed"', () => {
  const toldFailed = [created, unresolved('failed')];
  const found: PaymentEscalated = escalated('charged-after-failed-answer', 'TXN-1');

  test('is escalated, never forgotten', () =>
    given(...toldFailed)
      .when(record(approved))
      .leadsTo([found]));
  test('is escalated also when the payment was escalated before', () =>
    given(...toldFailed, escalated())
      .when(record(approved))
      .leadsTo([found]));
  test('is kept or released by an operator', () => {
    given(...toldFailed, found)
      .when(resolve('charged'))
      .leadsTo([confirmed('TXN-1', byOperator)]);
    given(...toldFailed, found)
      .when(resolve('not-charged'))
      .leadsTo([failed('found-not-charged', 'Payment was not executed')]);
  });
  test('is reported once', () =>
    given(...toldFailed, found)
      .when(record(approved))
      .leadsTo([]));
  test('contradicts a second charge, and a decline', () => {
    const detail = 'stands: escalated with transaction TXN-1; claimed:';
    given(...toldFailed, found)
      .when(record({ ...approved, transactionId: 'TXN-2' }))
      .leadsTo({
        kind: 'contradiction',
        stands: 'escalated',
        claim: 'approved',
        detail: `${detail} approved with transaction TXN-2`,
      });
    given(...toldFailed, found)
      .when(record(declined))
      .leadsTo({ kind: 'contradiction', stands: 'escalated', claim: 'declined', detail: `${detail} declined` });
    given(...toldFailed, found)
      .when(resolve('charged', 'TXN-2'))
      .leadsTo({
        kind: 'contradiction',
        stands: 'escalated',
        claim: 'approved',
        detail: `${detail} approved with transaction TXN-2`,
      });
  });
});

describe('escalate', () => {
  test('escalates an open payment', () => {
    given(created).when(escalate).leadsTo([escalated()]);
    given(created, unresolved()).when(escalate).leadsTo([escalated()]);
  });
  test('again changes nothing', () => given(created, escalated()).when(escalate).leadsTo([]));
  test('without a reservation is rejected', () => given().when(escalate).leadsTo({ kind: 'not-found' }));
});

test('a damaged stream makes no state', () => {
  const verdict = confirmed();
  const damaged: readonly (readonly ReservationEvent[])[] = [
    [verdict],
    [created, created],
    [created, verdict, verdict],
    [created, verdict, unresolved()],
    [created, unresolved(), unresolved()],
  ];
  for (const events of damaged) expect(() => events.reduce(evolve, initialState)).toThrow(/cannot follow stage/);
});
