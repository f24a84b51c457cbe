import {
  OPEN_PAYMENTS_LIMIT_DEFAULT,
  type OpenPayment,
  openPayments,
  type OpenPayments,
} from '@reservations/core/operations';
import { formatMoney } from '@reservations/core';
import { TAKE_LIMIT_MAX, toTimestamp } from '@reservations/core/ports';
import { wholeNumberSetting } from '../setting-kinds.ts';
import { readSettings, type Settings } from '../settings.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { reportFaults } from './report.ts';
import { columns, count, describeAmount, describeDuration, plain } from './text.ts';

interface PaymentsOpenConfig {
  readonly db: string;
  readonly limit: number;
  readonly json: boolean;
}

/** The settings of `payments open`. */
export const PAYMENTS_OPEN_SETTINGS: Settings<PaymentsOpenConfig> = {
  db: DB_SETTING,
  limit: wholeNumberSetting({
    flag: 'limit',
    env: null,
    min: 1,
    max: TAKE_LIMIT_MAX,
    default: OPEN_PAYMENTS_LIMIT_DEFAULT,
    description: 'How many payments are shown of each kind, the oldest first',
  }),
  json: JSON_SETTING,
};

/** `payments open`: what has no verdict, and who is at work on it. */
export const paymentsOpenCommand: CliCommand = {
  name: 'payments open',
  summary: 'list the payments without a verdict',
  usage: 'payments open [OPTIONS]',
  about:
    'Lists every payment without a verdict: first those that need a person, then those that settlement works on. ' +
    'Exit code 0 when settlement looks after all of them, 1 when one needs a person.',
  settings: PAYMENTS_OPEN_SETTINGS,
  async run(args, context) {
    const read = readSettings(PAYMENTS_OPEN_SETTINGS, { args, env: context.env });
    if (read.kind === 'faults') return reportFaults(context, 'payments open', read.faults);
    const { db, limit, json } = read.values;
    const found = await withDatabase(db, context, (store) => openPayments(store, { limit }));
    if (json) context.print(JSON.stringify(toJson(found)));
    else printText(context, found, Date.now());
    return found.needOperator === 0 ? EXIT_OK : EXIT_FAILURE;
  },
};

const HEAD = ['RESERVATION', 'STAGE', 'AMOUNT', 'USER', 'AGE', 'TRIES', 'NEXT', 'LAST OUTCOME'];

function printText(context: CliContext, { payments, needOperator, withSettlement }: OpenPayments, now: number): void {
  if (payments.length > 0) {
    for (const line of columns([HEAD, ...payments.map((payment) => toRow(payment, now))])) context.print(line);
    context.print('');
  }
  const total = needOperator + withSettlement;
  if (total === 0) return context.print('Every payment has its verdict.');
  const people = needOperator === 1 ? '1 needs a person' : `${needOperator} need a person`;
  const has = total === 1 ? '1 payment has' : `${total} payments have`;
  context.print(`${has} no verdict: ${people}, settlement works on ${withSettlement}.`);
  const hidden = total - payments.length;
  if (hidden > 0) context.print(`${count(hidden, 'payment')} more than shown; --limit shows more.`);
}

function toRow(payment: OpenPayment, now: number): readonly string[] {
  const { reservation, attempts, openedAt, lastOutcome } = payment;
  return [
    reservation.reservationId,
    reservation.stage,
    describeAmount(reservation),
    plain(reservation.userId),
    describeDuration(now - openedAt),
    attempts === null ? '-' : String(attempts),
    describeNext(payment.next, now),
    lastOutcome === null ? '-' : plain(lastOutcome),
  ];
}

function describeNext(next: OpenPayment['next'], now: number): string {
  switch (next.kind) {
    case 'operator':
      return 'needs a person';
    case 'lease':
      return next.at > now ? 'being tried now' : 'due now';
    case 'try':
      return next.at > now ? `in ${describeDuration(next.at - now)}` : 'due now';
  }
}

function toJson({ payments, needOperator, withSettlement }: OpenPayments): object {
  return {
    payments: payments.map(({ reservation, openedAt, attempts, lastOutcome, next }) => ({
      reservation_id: reservation.reservationId,
      stage: reservation.stage,
      user_id: reservation.userId,
      amount: formatMoney(reservation),
      currency: reservation.currency,
      opened_at: toTimestamp(openedAt),
      attempts,
      last_outcome: lastOutcome,
      needs_person: next.kind === 'operator',
      next_try_at: next.kind === 'operator' ? null : toTimestamp(next.at),
    })),
    need_person: needOperator,
    with_settlement: withSettlement,
  };
}
