import {
  escapeInvisible,
  formatMoney,
  isIdempotencyKey,
  parseCaller,
  type ReservationSummary,
} from '@reservations/core';
import {
  CALLER_EXPECTED,
  FIND_LIMIT_DEFAULT,
  FIND_LIMIT_MAX,
  findReservations,
  type FoundReservations,
  IDEMPOTENCY_KEY_EXPECTED,
} from '@reservations/core/operations';
import { textSetting, wholeNumberSetting } from '../../config/setting-kinds.ts';
import type { Setting } from '../../config/settings.ts';
import type { CliCommand } from '../command.ts';
import { defineCommand } from '../define-command.ts';
import { DB_SETTING } from '../settings/db-setting.ts';
import { JSON_SETTING } from '../settings/json-setting.ts';
import { columns, count, describeAmount } from '../text.ts';

const STATUSES = ['RESERVATION_CREATED', 'RESERVATION_CONFIRMED', 'RESERVATION_FAILED'] as const;

const STATUS_SETTING: Setting<(typeof STATUSES)[number] | null> = {
  flag: 'status',
  env: null,
  value: 'STATUS',
  default: null,
  description: 'Only reservations in this status, with or without RESERVATION_ before it',
  expected: `one of ${STATUSES.join(', ')}`,
  parse: (text) =>
    STATUSES.find((status) => [status, status.slice('RESERVATION_'.length)].includes(text.toUpperCase())),
};

const KEY_SETTING: Setting<string | null> = {
  flag: 'key',
  env: null,
  value: 'KEY',
  default: null,
  description: 'Only the reservation that holds this idempotency key',
  expected: `an idempotency key of ${IDEMPOTENCY_KEY_EXPECTED}`,
  parse: (text) => (isIdempotencyKey(text) ? text : undefined),
};

const CALLER_SETTING: Setting<string | null> = {
  flag: 'caller',
  env: null,
  value: 'NAME',
  default: null,
  description:
    'Only reservations that this caller made, such as api-key:shop; with --key, whose key it is, else the anonymous one',
  expected: CALLER_EXPECTED,
  parse: (text) => parseCaller(text) ?? undefined,
};

const ORDERS = ['asc', 'desc'] as const;

const ORDER_SETTING: Setting<(typeof ORDERS)[number]> = {
  flag: 'order',
  env: null,
  value: 'ORDER',
  default: 'asc',
  description: 'asc: in the order of their creation; desc: the newest first',
  expected: `one of ${ORDERS.join(', ')}`,
  parse: (text) => ORDERS.find((order) => order === text.toLowerCase()),
};

/** `find`: reservations by what an operator knows of them. */
export const findReservationsCommand: CliCommand = defineCommand({
  name: 'find',
  summary: 'find reservations by reference, user, status, transaction or key',
  usage: 'find [OPTIONS]',
  about:
    'Lists the reservations that meet all conditions, in the order of their creation or the newest first; without a ' +
    'condition all of them. It reads and changes nothing, and a server may be running. Exit code 0 when there is one, ' +
    '1 when there is none.',
  settings: {
    reference: textSetting({
      flag: 'reference',
      env: null,
      value: 'TEXT',
      default: null,
      description: 'Only reservations with this reference',
    }),
    userId: textSetting({
      flag: 'user',
      env: null,
      value: 'USER',
      default: null,
      description: 'Only reservations of this user',
    }),
    status: STATUS_SETTING,
    transactionId: textSetting({
      flag: 'transaction',
      env: null,
      value: 'TRANSACTION',
      default: null,
      description: 'Only reservations charged with this transaction',
    }),
    idempotencyKey: KEY_SETTING,
    madeBy: CALLER_SETTING,
    order: ORDER_SETTING,
    limit: wholeNumberSetting({
      flag: 'limit',
      env: null,
      min: 1,
      max: FIND_LIMIT_MAX,
      default: FIND_LIMIT_DEFAULT,
      description: 'How many reservations are shown',
    }),
    db: DB_SETTING,
    json: JSON_SETTING,
  },
  async run({ values: { order, limit, db, userId, status, reference, transactionId, ...made }, withStore }) {
    const { idempotencyKey, madeBy } = made;
    const conditions = { userId, status, reference, transactionId, idempotencyKey, madeBy };
    const found = await withStore(db, (store) => findReservations(store, conditions, { order, limit }));
    const { reservations, hasMore } = found;
    return {
      kind: 'answer',
      text: reservations.length === 0 ? explainNone(made) : toText(found),
      json: { reservations: reservations.map(toJson), more: hasMore },
      needsAttention: reservations.length === 0,
    };
  },
});

interface KeyConditions {
  readonly idempotencyKey: string | null;
  readonly madeBy: string | null;
}

const HEAD = ['RESERVATION', 'STATUS', 'STAGE', 'AMOUNT', 'USER', 'CALLER', 'CREATED', 'TRANSACTION', 'REFERENCE'];

/** Without `--caller` a key is looked up among those of the anonymous caller alone. */
function explainNone({ idempotencyKey, madeBy }: KeyConditions): readonly string[] {
  const none = 'No reservation meets the conditions.';
  if (idempotencyKey === null || madeBy !== null) return [none];
  return [
    none,
    'Keys belong to callers: this looked among those of the anonymous one. --caller NAME looks among those of another, such as api-key:shop.',
  ];
}

function toText({ reservations, hasMore }: FoundReservations): readonly string[] {
  const shown = count(reservations.length, 'reservation');
  return [
    ...columns([HEAD, ...reservations.map(toRow)]),
    '',
    hasMore ? `${shown}, and there are more; --limit shows more.` : `${shown}.`,
  ];
}

function toRow(reservation: ReservationSummary): readonly string[] {
  const { reservationId, status, stage, userId, caller, createdAt, transactionId, reference } = reservation;
  return [
    reservationId,
    status,
    stage,
    describeAmount(reservation),
    escapeInvisible(userId),
    escapeInvisible(caller),
    createdAt,
    transactionId === null ? '-' : escapeInvisible(transactionId),
    reference === null ? '-' : escapeInvisible(reference),
  ];
}

function toJson(reservation: ReservationSummary): object {
  const { reservationId, status, stage, userId, currency, reference, metadata, caller, ...rest } = reservation;
  return {
    reservation_id: reservationId,
    status,
    stage,
    user_id: userId,
    amount: formatMoney(reservation),
    currency,
    reference,
    metadata,
    caller,
    transaction_id: rest.transactionId,
    message: rest.message,
    created_at: rest.createdAt,
    updated_at: rest.updatedAt,
    version: rest.version,
  };
}
