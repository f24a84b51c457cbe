import { isPlainText } from './plain-text.ts';
import type { RequestFault, RequestFaultCode } from './request-fault.ts';
import { isLongerThan } from './text-length.ts';

/** Texts by name that a caller attaches to a reservation. Nothing interprets them, and their order has no meaning. */
export type ReservationMetadata = Readonly<Record<string, string>>;

/** The metadata of a reservation without any. */
export const NO_METADATA: ReservationMetadata = Object.freeze({});

/** Largest number of members of the metadata, and the longest name and value of one in characters (Unicode code points). */
export const METADATA_LIMITS = { members: 20, nameLength: 40, valueLength: 500 } as const;

/** Copies valid metadata, or returns all faults; of an object with too many members, only that. Null and undefined are none. */
export function parseMetadata(value: unknown): ReservationMetadata | readonly RequestFault[] {
  if (value === undefined || value === null) return NO_METADATA;
  if (!isObject(value)) return [{ field: 'metadata', code: 'not-an-object' }];
  const members = Object.entries(value);
  if (members.length === 0) return NO_METADATA;
  if (members.length > METADATA_LIMITS.members) return [{ field: 'metadata', code: 'too-many-members' }];
  const faults = members.flatMap(([name, text]) => [
    ...faultOf(name, 'name', nameFault(name)),
    ...faultOf(name, 'value', valueFault(text)),
  ]);
  return faults.length === 0 ? (Object.fromEntries(members) as ReservationMetadata) : faults;
}

/** True for an object of members, of any realm, in contrast to a list, a Map or an instance of a class. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (Object.prototype.toString.call(value) !== '[object Object]') return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function faultOf(name: string, part: 'name' | 'value', code: RequestFaultCode | null): readonly RequestFault[] {
  return code === null ? [] : [{ field: 'metadata', code, member: { name, part } }];
}

function nameFault(name: string): RequestFaultCode | null {
  if (name.length === 0) return 'empty';
  if (isLongerThan(name, METADATA_LIMITS.nameLength)) return 'too-long';
  // Assigning a member of this name would replace the prototype of an object.
  if (name === '__proto__') return 'forbidden-name';
  return isPlainText(name) ? null : 'not-text';
}

function valueFault(value: unknown): RequestFaultCode | null {
  if (typeof value !== 'string') return 'not-a-string';
  if (isLongerThan(value, METADATA_LIMITS.valueLength)) return 'too-long';
  // A database may not hold NUL, and lone surrogates have no UTF-8 form.
  return value.isWellFormed() && !value.includes('\0') ? null : 'not-text';
}
