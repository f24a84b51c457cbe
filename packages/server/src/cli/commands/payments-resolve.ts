import { escapeInvisible, formatMoney, type ReservationId, type ReservationSummary } from '@reservations/core';
import {
  type Finding,
  isTransactionId,
  type Rejection,
  TRANSACTION_ID_EXPECTED,
  resolvePayment,
} from '@reservations/core/operations';
import { switchSetting } from '../../config/setting-kinds.ts';
import { required, type Setting } from '../../config/settings.ts';
import { RESERVATION_ARGUMENT } from '../arguments.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { noteSetting } from '../settings/note-setting.ts';
import { describeAmount } from '../text.ts';

const CHARGED_SETTING: Setting<string | null> = {
  flag: 'charged',
  env: null,
  value: 'TRANSACTION',
  default: null,
  description: 'The finding: the payment was charged, as this transaction',
  expected: `a transaction id of ${TRANSACTION_ID_EXPECTED}`,
  parse: (text) => (isTransactionId(text) ? text : undefined),
};

const NOT_CHARGED_SETTING: Setting<boolean> = switchSetting({
  flag: 'not-charged',
  env: null,
  description: 'The finding: nothing was charged, and nothing will be',
});

/** `payments resolve`: an operator's decision on a payment that settlement escalated. */
export const paymentsResolveCommand: CliCommand = defineCommand({
  name: 'payments resolve',
  summary: 'decide an escalated payment, with name and reason',
  usage: 'payments resolve RES-… (--charged TRANSACTION | --not-charged) --actor NAME --reason TEXT [OPTIONS]',
  about:
    'Gives an escalated payment its verdict. Look into the ledger of the payment service first: nothing is asked of ' +
    'it and nothing is sent to it. The decision is an event, with name and reason, and it is final. ' +
    'Exit code 0 when the payment has this verdict now, 1 when it was refused.',
  settings: {
    charged: CHARGED_SETTING,
    notCharged: NOT_CHARGED_SETTING,
    actor: required(noteSetting('actor', 'NAME', 'Who decides')),
    reason: required(noteSetting('reason', 'TEXT', 'Why: what was looked at, and what it showed')),
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  argument: RESERVATION_ARGUMENT,
  check: ({ charged, notCharged }) => checkFinding(charged, notCharged),
  async run({ values: { charged, actor, reason, db }, argument: id, withStore }) {
    const finding: Finding = charged === null ? { kind: 'not-charged' } : { kind: 'charged', transactionId: charged };
    const result = await withStore(db, (store) => resolvePayment(store, id, { finding, actor, reason }));
    if (result.kind === 'rejected') {
      const message = `${whyNot(id, result.rejection)} Nothing was changed.`;
      return { kind: 'refused', code: REFUSAL_CODES[result.rejection.kind], message };
    }
    const { kind, reservation } = result;
    return { kind: 'answer', text: [describe(kind, reservation)], json: toJson(kind, reservation) };
  },
});

/** Undefined settings are wrong by themselves. */
function checkFinding(charged: string | null | undefined, notCharged: boolean | undefined): readonly string[] {
  if (charged === undefined || notCharged === undefined || (charged !== null) !== notCharged) return [];
  return [`--charged, --not-charged: expected one of them, found ${notCharged ? 'both' : 'neither'}`];
}

function describe(kind: 'resolved' | 'unchanged', reservation: ReservationSummary): string {
  const { reservationId, status, transactionId, userId } = reservation;
  const what = `${describeAmount(reservation)} of ${escapeInvisible(userId)}`;
  const transaction = transactionId === null ? '' : ` with transaction ${escapeInvisible(transactionId)}`;
  const already = kind === 'unchanged' ? ' It was so already; nothing was written.' : '';
  return `${reservationId} (${what}) is ${status}${transaction}.${already}`;
}

function toJson(kind: 'resolved' | 'unchanged', reservation: ReservationSummary): object {
  return {
    result: kind,
    reservation_id: reservation.reservationId,
    status: reservation.status,
    transaction_id: reservation.transactionId,
    user_id: reservation.userId,
    amount: formatMoney(reservation),
    currency: reservation.currency,
    version: reservation.version,
  };
}

const REFUSAL_CODES: { readonly [Kind in Rejection['kind']]: string } = {
  'not-found': 'reservation_not_found',
  'not-escalated': 'payment_not_escalated',
  contradiction: 'finding_contradicts',
  'already-exists': 'reservation_exists',
};

function whyNot(id: ReservationId, rejection: Rejection): string {
  switch (rejection.kind) {
    case 'not-found':
      return `There is no reservation ${id}.`;
    case 'not-escalated':
      return `${id} is ${rejection.stage}: settlement is at work on it, and an operator decides only what it has escalated.`;
    case 'contradiction':
      return `The finding contradicts what stands, and what stands is never overwritten (${escapeInvisible(rejection.detail)}).`;
    case 'already-exists':
      return `${id} exists already.`;
  }
}
