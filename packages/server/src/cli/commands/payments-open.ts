import { escapeInvisible, formatMoney } from '@reservations/core';
import { TAKE_LIMIT_MAX, toTimestamp } from '@reservations/core/ports';
import {
  OPEN_PAYMENTS_LIMIT_DEFAULT,
  type OpenPayment,
  openPayments,
  type OpenPayments,
} from '@reservations/core/operations';
import { wholeNumberSetting } from '../../config/setting-kinds.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { columns, count, describeAmount, describeDuration } from '../text.ts';

/** `payments open`: the payments without a verdict, and what happens to each next. */
export const paymentsOpenCommand: CliCommand = defineCommand({
  name: 'payments open',
  summary: 'list the payments without a verdict',
  usage: 'payments open [OPTIONS]',
  about:
    'Lists every payment without a verdict: first those that need an operator, then those that settlement works on. ' +
    'Exit code 0 when settlement looks after all of them, 1 when one needs an operator.',
  settings: {
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
  },
  async run({ values: { db, limit }, withStore }) {
    const found = await withStore(db, (store) => openPayments(store, { limit }));
    return {
      kind: 'answer',
      text: toText(found, Date.now()),
      json: toJson(found),
      needsAttention: found.needOperator > 0,
    };
  },
});

const HEAD = ['RESERVATION', 'STAGE', 'AMOUNT', 'USER', 'AGE', 'TRIES', 'NEXT', 'LAST OUTCOME'];

function toText({ payments, needOperator, withSettlement }: OpenPayments, now: number): readonly string[] {
  const total = needOperator + withSettlement;
  const hidden = total - payments.length;
  return [
    ...(payments.length > 0 ? [...columns([HEAD, ...payments.map((payment) => toRow(payment, now))]), ''] : []),
    summarize(needOperator, withSettlement),
    ...(total > 0 && hidden > 0 ? [`${count(hidden, 'payment')} more than shown; --limit shows more.`] : []),
  ];
}

function summarize(needOperator: number, withSettlement: number): string {
  const total = needOperator + withSettlement;
  if (total === 0) return 'Every payment has its verdict.';
  const decisions = needOperator === 1 ? '1 needs an operator' : `${needOperator} need an operator`;
  const has = total === 1 ? '1 payment has' : `${total} payments have`;
  return `${has} no verdict: ${decisions}, settlement works on ${withSettlement}.`;
}

function toRow(payment: OpenPayment, now: number): readonly string[] {
  const { reservation, attempts, openedAt, lastOutcome } = payment;
  return [
    reservation.reservationId,
    reservation.stage,
    describeAmount(reservation),
    escapeInvisible(reservation.userId),
    describeDuration(now - openedAt),
    attempts === null ? '-' : String(attempts),
    describeNext(payment.next, now),
    lastOutcome === null ? '-' : escapeInvisible(lastOutcome),
  ];
}

function describeNext(next: OpenPayment['next'], now: number): string {
  switch (next.kind) {
    case 'operator':
      return 'needs an operator';
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
