import { formatMoney, type ReservationId, type ReservationSummary } from '@reservations/core';
import {
  type Finding,
  isTransactionId,
  type Rejection,
  resolvePayment,
  TRANSACTION_ID_EXPECTED,
} from '@reservations/core/operations';
import { switchSetting } from '../setting-kinds.ts';
import type { Settings } from '../settings.ts';
import { readWithReservation } from './arguments.ts';
import { type CliCommand, type CliContext, EXIT_OK } from './command.ts';
import { DB_SETTING, withDatabase } from './database.ts';
import { JSON_SETTING } from './json-setting.ts';
import { noteSetting } from './note-setting.ts';
import { reportFaults, reportRefusal } from './report.ts';
import { describeAmount, plain } from './text.ts';

interface PaymentsResolveConfig {
  readonly charged: string | null;
  readonly notCharged: boolean;
  readonly actor: string | null;
  readonly reason: string | null;
  readonly db: string;
  readonly json: boolean;
}

/** The settings of `payments resolve`. */
export const PAYMENTS_RESOLVE_SETTINGS: Settings<PaymentsResolveConfig> = {
  charged: {
    flag: 'charged',
    env: null,
    value: 'TRANSACTION',
    default: null,
    description: 'The finding: the payment was charged, as this transaction',
    expected: `a transaction id of ${TRANSACTION_ID_EXPECTED}`,
    parse: (text) => (isTransactionId(text) ? text : undefined),
  },
  notCharged: switchSetting({
    flag: 'not-charged',
    env: null,
    description: 'The finding: nothing was charged, and nothing will be',
  }),
  actor: noteSetting('actor', 'NAME', 'Who decides'),
  reason: noteSetting('reason', 'TEXT', 'Why: what was looked at, and what it showed'),
  db: DB_SETTING,
  json: JSON_SETTING,
};

/** `payments resolve`: a person's word on a payment that settlement gave up. */
export const paymentsResolveCommand: CliCommand = {
  name: 'payments resolve',
  summary: 'decide an escalated payment, with name and reason',
  usage: 'payments resolve RES-… (--charged TRANSACTION | --not-charged) --actor NAME --reason TEXT [OPTIONS]',
  about:
    'Gives an escalated payment its verdict. Look into the ledger of the payment service first: nothing is asked of ' +
    'it and nothing is sent to it. The decision is an event, with name and reason, and it is final. ' +
    'Exit code 0 when the payment has this verdict now, 1 when it was refused.',
  settings: PAYMENTS_RESOLVE_SETTINGS,
  async run(args, context) {
    const read = readWithReservation(PAYMENTS_RESOLVE_SETTINGS, args, context);
    if (read.kind === 'faults') return reportFaults(context, 'payments resolve', read.faults);
    const { charged, notCharged, actor, reason, db, json } = read.values;
    const faults: string[] = [];
    if ((charged !== null) === notCharged) faults.push('expected one finding: either --charged or --not-charged');
    if (actor === null) faults.push('--actor is missing: who decides?');
    if (reason === null) faults.push('--reason is missing: why?');
    if (faults.length > 0 || actor === null || reason === null)
      return reportFaults(context, 'payments resolve', faults);
    const finding: Finding = charged === null ? { kind: 'not-charged' } : { kind: 'charged', transactionId: charged };
    const result = await withDatabase(db, context, (store) =>
      resolvePayment(store, read.id, { finding, actor, reason }),
    );
    if (result.kind === 'rejected') return refuse(context, read.id, result.rejection);
    if (json) context.print(JSON.stringify(toJson(result.kind, result.reservation)));
    else context.print(describe(result.kind, result.reservation));
    return EXIT_OK;
  },
};

function describe(kind: 'resolved' | 'unchanged', reservation: ReservationSummary): string {
  const { reservationId, status, transactionId, userId } = reservation;
  const what = `${describeAmount(reservation)} of ${plain(userId)}`;
  const transaction = transactionId === null ? '' : ` with transaction ${plain(transactionId)}`;
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

function refuse(context: CliContext, id: ReservationId, rejection: Rejection): number {
  return reportRefusal(context, REFUSAL_CODES[rejection.kind], `${whyNot(id, rejection)} Nothing was changed.`);
}

function whyNot(id: ReservationId, rejection: Rejection): string {
  switch (rejection.kind) {
    case 'not-found':
      return `There is no reservation ${id}.`;
    case 'not-escalated':
      return `${id} is ${rejection.stage}: settlement is at work on it, and a person decides only what it has escalated.`;
    case 'contradiction':
      return `The finding contradicts what stands, and what stands is never overwritten (${plain(rejection.detail)}).`;
    case 'already-exists':
      return `${id} exists already.`;
  }
}
