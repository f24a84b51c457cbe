import { isDeepStrictEqual } from 'node:util';
import type { RecordedAnswer } from './exchange.ts';

/**
 * What a client of the old service would notice in the new answer; "by-design" is the one deliberate difference: an
 * outcome that is not known yet is a 202, no longer a 503 that says FAILED.
 */
export interface Comparison {
  readonly kind: 'same' | 'by-design' | 'different';
  readonly differences: readonly string[];
}

/** Members whose values are made anew by each service: only their presence and type are compared. */
const MADE_BY_SERVICE = new Set(['reservation_id', 'transaction_id']);

/** Members of a validation fault that clients compare. Its text and its echo of the input depend on FastAPI's release. */
const FAULT_MEMBERS = ['loc', 'type'];

/** Compares what clients of the old service read: status, media type, and every member that the old body has. */
export function compareAnswers(old: RecordedAnswer, current: RecordedAnswer): Comparison {
  const oldBody = parse(old.body);
  const newBody = parse(current.body);
  if (isUnknownOutcome(old, oldBody) && current.status === 202 && statusOf(newBody) === 'RESERVATION_CREATED')
    return { kind: 'by-design', differences: ['503 RESERVATION_FAILED is a 202 RESERVATION_CREATED, to be settled'] };
  const differences = [
    ...differ('status', old.status, current.status),
    ...differ('Content-Type', mediaType(old), mediaType(current)),
    ...compareMembers('body', oldBody, newBody),
  ];
  return { kind: differences.length === 0 ? 'same' : 'different', differences };
}

/** The old service answered so whether the payment service had been reached or not. */
function isUnknownOutcome({ status }: RecordedAnswer, body: unknown): boolean {
  return status === 503 && isObject(body) && statusOf(body['detail']) === 'RESERVATION_FAILED';
}

function statusOf(body: unknown): unknown {
  return isObject(body) ? body['status'] : undefined;
}

function compareMembers(path: string, old: unknown, current: unknown): readonly string[] {
  if (Array.isArray(old)) {
    if (!Array.isArray(current)) return differ(path, old, current);
    const lengths = differ(`${path}.length`, old.length, current.length);
    return [...lengths, ...old.flatMap((item, index) => compareFault(`${path}[${index}]`, item, current[index]))];
  }
  if (!isObject(old)) return differ(path, old, current);
  if (!isObject(current)) return differ(path, old, current);
  return Object.entries(old).flatMap(([name, value]) => {
    const at = `${path}.${name}`;
    if (at === 'body.detail.message') return differ(at, firstSentence(value), firstSentence(current[name]));
    if (MADE_BY_SERVICE.has(name)) return differ(at, kindOf(value), kindOf(current[name]));
    return compareMembers(at, value, current[name]);
  });
}

/** Lists are lists of validation faults. */
function compareFault(path: string, old: unknown, current: unknown): readonly string[] {
  if (!isObject(old) || !isObject(current)) return differ(path, old, current);
  return FAULT_MEMBERS.flatMap((name) => differ(`${path}.${name}`, old[name], current[name]));
}

function differ(path: string, old: unknown, current: unknown): readonly string[] {
  if (isDeepStrictEqual(old, current)) return [];
  return [`${path}: ${show(old)} before, ${show(current)} now`];
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value);
}

/** What is said behind it is for people, and says more now: whether something was charged. */
function firstSentence(text: unknown): unknown {
  return typeof text === 'string' ? text.split('.')[0] : text;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

function mediaType({ contentType }: RecordedAnswer): string | null {
  return contentType?.split(';')[0]?.trim().toLowerCase() ?? null;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
