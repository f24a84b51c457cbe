import type { CreateRequest } from '@reservations/core';
import type { BodyRead } from './read-body.ts';
import { charactersBefore, JsonNumber, type JsonValue, readJson } from './json.ts';
import type { ValidationEntry } from '../problems/problems.ts';
import { BODY_MISSING, BODY_NOT_AN_OBJECT, jsonFaultEntry } from '../problems/validation.ts';
import { WIRE_FIELDS } from '../reservations/request.ts';

/** The fields of a request, unchecked, or what kept them from being found. */
export type FieldsRead =
  | { readonly kind: 'fields'; readonly request: CreateRequest }
  | { readonly kind: 'invalid'; readonly entry: ValidationEntry };

/** Finds the fields of `POST /reservations` in a body. What the fields hold is for the engine to check. */
export function readFields(body: Extract<BodyRead, { kind: 'read' | 'parsed' }>, contentType: string): FieldsRead {
  if (body.kind === 'parsed') return readParsed(body.value, contentType);
  if (body.bytes.length === 0) return { kind: 'invalid', entry: BODY_MISSING };
  if (!isJsonType(contentType)) return { kind: 'invalid', entry: BODY_NOT_AN_OBJECT };
  const text = decodeUtf8(body.bytes);
  if (typeof text === 'number') {
    const fault = { at: text, type: 'json_invalid', message: 'JSON decode error' } as const;
    return { kind: 'invalid', entry: jsonFaultEntry(fault) };
  }
  const read = readJson(text);
  return read.kind === 'value' ? fieldsOf(read.value) : { kind: 'invalid', entry: jsonFaultEntry(read.fault) };
}

/** `application/json` and its kin; nothing said counts as JSON. */
function isJsonType(contentType: string): boolean {
  const [type = ''] = contentType.split(';');
  return /^$|^application\/(?:[\w.!#$&^-]+\+)?json$/i.test(type.trim());
}

/** The text, or the place of the first character that is not UTF-8. */
function decodeUtf8(bytes: Buffer): string | number {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    const text = new TextDecoder('utf-8').decode(bytes);
    return charactersBefore(text, text.indexOf('\uFFFD'));
  }
}

/**
 * What another application's parser made of the body, by the rules for a body that we read ourselves, but for what
 * such a parser forgets: members that were given twice, digits that a double does not hold, places in the text.
 */
function readParsed(value: unknown, contentType: string): FieldsRead {
  if (value === null) return { kind: 'invalid', entry: BODY_MISSING };
  const text = isJsonType(contentType) ? textOf(value) : undefined;
  if (text === undefined) return { kind: 'invalid', entry: BODY_NOT_AN_OBJECT };
  const read = readJson(text);
  if (read.kind === 'value') return fieldsOf(read.value);
  return { kind: 'invalid', entry: { ...jsonFaultEntry(read.fault), loc: BODY_NOT_AN_OBJECT.loc } };
}

/** A value as JSON, or undefined for one that JSON cannot hold. */
function textOf(value: unknown): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}

/**
 * The double that a number stands for: it is judged as what a computation in doubles made of an amount. The few that
 * have no double keep their text, so that they are called too large, or too fine, and not infinite, or zero.
 */
function numberOf({ source }: JsonNumber): number | string {
  const value = Number(source);
  const hasDouble = Number.isFinite(value) && (value !== 0 || /^-?[0.]+(?:[eE]|$)/.test(source));
  return hasDouble ? value : source;
}

function fieldsOf(value: JsonValue | undefined): FieldsRead {
  if (value === null || value === undefined) return { kind: 'invalid', entry: BODY_MISSING };
  if (!(value instanceof Map)) return { kind: 'invalid', entry: BODY_NOT_AN_OBJECT };
  const amount: unknown = value.get(WIRE_FIELDS.amount);
  const fields = {
    userId: value.get(WIRE_FIELDS.userId) as unknown,
    amount: amount instanceof JsonNumber ? numberOf(amount) : amount,
    ...(value.has(WIRE_FIELDS.currency) ? { currency: value.get(WIRE_FIELDS.currency) as unknown } : {}),
    ...(value.has(WIRE_FIELDS.reference) ? { reference: value.get(WIRE_FIELDS.reference) as unknown } : {}),
    ...(value.has(WIRE_FIELDS.metadata) ? { metadata: membersOf(value.get(WIRE_FIELDS.metadata)) } : {}),
  };
  // The engine checks every field at run time and names what is wrong with it.
  return { kind: 'fields', request: fields as CreateRequest };
}

/** An object as core takes it. What is in its members is not converted: only a text is valid. */
function membersOf(value: JsonValue | undefined): unknown {
  if (value instanceof JsonNumber) return numberOf(value);
  return value instanceof Map ? Object.fromEntries(value) : value;
}
