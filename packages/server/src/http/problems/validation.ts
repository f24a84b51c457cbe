import {
  AMOUNT_MINOR_MAX,
  currencyDecimals,
  DEFAULT_CURRENCY,
  formatMoney,
  METADATA_LIMITS,
  REFERENCE_LENGTH_MAX,
  type RequestFault,
  USER_ID_LENGTH_MAX,
} from '@reservations/core';
import type { JsonFault } from '../body/json.ts';
import { WIRE_FIELDS } from '../reservations/request.ts';
import type { ValidationEntry } from './problems.ts';

/** A body that is absent, or `null`, where one is needed. */
export const BODY_MISSING: ValidationEntry = { loc: ['body'], msg: 'Field required', type: 'missing' };

/** A body that is anything but an object of fields. */
export const BODY_NOT_AN_OBJECT: ValidationEntry = {
  loc: ['body'],
  msg: 'Input should be a valid dictionary or object to extract fields from',
  type: 'model_attributes_type',
};

/** A body that is not JSON, with the character at which that shows. */
export function jsonFaultEntry(fault: JsonFault): ValidationEntry {
  return { loc: ['body', fault.at], msg: fault.message, type: fault.type };
}

/** A fault of a field, in the names and texts that FastAPI and pydantic use. `currency` is the one the client sent. */
export function requestFaultEntry(fault: RequestFault, currency: unknown): ValidationEntry {
  const { type, msg } = describeFault(fault, currency);
  return { loc: ['body', WIRE_FIELDS[fault.field], ...placeOf(fault)], msg, type };
}

/** The member of the metadata, and a mark when its name is at fault, as pydantic has it. */
function placeOf({ member }: RequestFault): readonly string[] {
  if (member === undefined) return [];
  return member.part === 'name' ? [member.name, '[key]'] : [member.name];
}

/** Longest text of a field. Other fields have no length. */
function lengthMaxOf({ field, member }: RequestFault): number {
  if (member !== undefined) return member.part === 'name' ? METADATA_LIMITS.nameLength : METADATA_LIMITS.valueLength;
  return field === 'reference' ? REFERENCE_LENGTH_MAX : USER_ID_LENGTH_MAX;
}

function describeFault(fault: RequestFault, currency: unknown): Pick<ValidationEntry, 'type' | 'msg'> {
  switch (fault.code) {
    case 'missing':
      return { type: 'missing', msg: 'Field required' };
    case 'not-a-string':
      return { type: 'string_type', msg: 'Input should be a valid string' };
    case 'not-a-number-type':
      return { type: 'float_type', msg: 'Input should be a valid number' };
    case 'empty':
      return { type: 'string_too_short', msg: 'String should have at least 1 character' };
    case 'too-long':
      return { type: 'string_too_long', msg: `String should have at most ${lengthMaxOf(fault)} characters` };
    case 'not-text':
      return { type: 'value_error', msg: `Value error, text may not hold ${excludedOf(fault)} or lone surrogates` };
    case 'not-an-object':
      return { type: 'dict_type', msg: 'Input should be a valid dictionary' };
    case 'too-many-members':
      return { type: 'too_long', msg: `Dictionary should have at most ${METADATA_LIMITS.members} items` };
    case 'forbidden-name':
      return { type: 'value_error', msg: 'Value error, no member may be named __proto__' };
    case 'unknown-currency':
      return {
        type: 'value_error',
        msg: 'Value error, currency should be a code of ISO 4217 that is in use and has a minor unit',
      };
    case 'not-a-number':
      return {
        type: 'float_parsing',
        msg: 'Input should be a valid number, unable to parse string as a number',
      };
    case 'not-finite':
      return { type: 'finite_number', msg: 'Input should be a finite number' };
    case 'not-positive':
      return { type: 'greater_than', msg: 'Input should be greater than 0' };
    case 'too-many-decimals':
      return { type: 'decimal_max_places', msg: tooManyDecimals(decimalsOf(currency)) };
    case 'too-large':
      return { type: 'less_than_equal', msg: `Input should be less than or equal to ${largest(decimalsOf(currency))}` };
  }
}

function excludedOf({ member }: RequestFault): string {
  return member?.part === 'value' ? 'NUL' : 'control characters';
}

function tooManyDecimals(decimals: number): string {
  return `Decimal input should have no more than ${decimals} decimal place${decimals === 1 ? '' : 's'}`;
}

function largest(decimals: number): string {
  return formatMoney({ amountMinor: AMOUNT_MINOR_MAX, currency: '', decimals });
}

function decimalsOf(currency: unknown): number {
  const code = typeof currency === 'string' ? currency.toUpperCase() : DEFAULT_CURRENCY;
  return currencyDecimals(code) ?? currencyDecimals(DEFAULT_CURRENCY) ?? 0;
}
