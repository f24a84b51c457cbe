import { type ListOrder, PAGE_LIMIT_MAX, type ReservationListFilter, type ReservationStatus } from '@reservations/core';
import type { ParsedUrlQuery } from 'node:querystring';
import type { ValidationEntry } from '../problems/problems.ts';
import { queryFault, readQuery } from '../query/read-query.ts';
import type { Parameter } from '../wire/parameter.ts';
import { readCursor } from './cursor.ts';
import { STATUSES } from './wire.ts';

/** Reservations of a page when the request names no number. */
const LIMIT_DEFAULT = 50;

/** The orders of a listing. */
const ORDERS: readonly ListOrder[] = ['asc', 'desc'];

/** The order when the request names none. */
const ORDER_DEFAULT: ListOrder = 'asc';

/** Longer than any text that a reservation can be looked up by. */
const TEXT_LENGTH_MAX = 1_000;

/** A text that a reservation is looked up by. A database may refuse NUL. */
const LOOKED_UP = { type: 'string', minLength: 1, maxLength: TEXT_LENGTH_MAX, pattern: '^[^\\u0000]*$' } as const;

/** A parameter of a listing. */
type Name = 'user_id' | 'status' | 'reference' | 'transaction_id' | 'order' | 'limit' | 'after';

/** The parameters of a listing. */
export const LIST_PARAMETERS: { readonly [Each in Name]: Parameter } = {
  user_id: { description: 'Only reservations of this user.', schema: LOOKED_UP },
  status: { description: 'Only reservations in this status.', schema: { type: 'string', enum: STATUSES } },
  reference: { description: 'Only reservations with this reference.', schema: LOOKED_UP },
  transaction_id: {
    description: 'Only reservations charged with this transaction.',
    schema: LOOKED_UP,
  },
  order: {
    description: 'In the order of their creation (`asc`), or the newest first (`desc`).',
    schema: { type: 'string', enum: ORDERS, default: ORDER_DEFAULT },
  },
  limit: {
    description: 'Number of reservations at most.',
    schema: { type: 'integer', minimum: 1, maximum: PAGE_LIMIT_MAX, default: LIMIT_DEFAULT },
  },
  after: {
    description: 'The `next` of the page before, in the same order.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9_-]+$' },
  },
};

/** The conditions of a listing, or every fault of its query. */
export type ListRead =
  | { readonly ok: true; readonly filter: ReservationListFilter & { readonly order: ListOrder } }
  | { readonly ok: false; readonly entries: readonly ValidationEntry[] };

/** Reads the query of a listing. */
export function readListRequest(query: ParsedUrlQuery): ListRead {
  const read = readQuery(query, Object.keys(LIST_PARAMETERS) as Name[]);
  if (!read.ok) return read;
  const { status, order = ORDER_DEFAULT, limit, after, ...texts } = read.values;
  const entries: ValidationEntry[] = [];
  for (const [name, value] of Object.entries(texts)) {
    const fault = textFault(name, value);
    if (fault !== null) entries.push(fault);
  }
  if (status !== undefined && !isStatus(status)) entries.push(queryFault('status', 'value_error', STATUS_TEXT));
  const asked = ORDERS.find((each) => each === order);
  if (asked === undefined) entries.push(queryFault('order', 'value_error', ORDER_TEXT));
  const size = limit === undefined ? LIMIT_DEFAULT : /^\d{1,9}$/.test(limit) ? Number(limit) : Number.NaN;
  if (Number.isNaN(size)) entries.push(queryFault('limit', 'int_parsing', 'Input should be a valid integer'));
  else if (size < 1 || size > PAGE_LIMIT_MAX) entries.push(queryFault('limit', 'value_error', LIMIT_TEXT));
  const last = after === undefined || asked === undefined ? null : readCursor(asked, after);
  if (after !== undefined && asked !== undefined && last === null)
    entries.push(queryFault('after', 'value_error', CURSOR_TEXT));
  if (asked === undefined || entries.length > 0) return { ok: false, entries };
  const { user_id: userId = null, reference = null, transaction_id: transactionId = null } = texts;
  const wanted = status !== undefined && isStatus(status) ? status : null;
  return {
    ok: true,
    filter: { userId, reference, transactionId, status: wanted, order: asked, limit: size, after: last },
  };
}

const STATUS_TEXT = `Value error, status should be one of ${STATUSES.join(', ')}`;
const LIMIT_TEXT = `Value error, limit should be 1 to ${PAGE_LIMIT_MAX}`;
const ORDER_TEXT = `Value error, order should be ${ORDERS.join(' or ')}`;
const CURSOR_TEXT = 'Value error, after should be the next of a page in the same order';

function textFault(name: string, value: string): ValidationEntry | null {
  if (value === '') return queryFault(name, 'string_too_short', 'String should have at least 1 character');
  if (Array.from(value).length > TEXT_LENGTH_MAX)
    return queryFault(name, 'string_too_long', `String should have at most ${TEXT_LENGTH_MAX} characters`);
  return value.includes('\0') ? queryFault(name, 'value_error', 'Value error, text may not hold NUL') : null;
}

function isStatus(text: string): text is ReservationStatus {
  return (STATUSES as readonly string[]).includes(text);
}
