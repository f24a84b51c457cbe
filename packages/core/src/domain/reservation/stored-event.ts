import { EVENTS, type ReservationEvent } from './events.ts';
import { type JsonObject, readFields } from './fields.ts';

/** An event as it lies in a store: any type, any schema version that was ever released. */
export interface StoredEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
}

/** Result of decoding a stored event. */
export type DecodedEvent =
  | { readonly kind: 'known'; readonly event: ReservationEvent }
  /** Of a type or schema version that only a later release writes: no damage. */
  | { readonly kind: 'unknown'; readonly type: string; readonly schemaVersion: number };

/** The event in its storage form, at today's schema version. */
export function encodeEvent(event: ReservationEvent): StoredEvent {
  return { type: event.type, schemaVersion: EVENTS[event.type].schemaVersion, data: event.data };
}

/**
 * Reads a stored event of any released version. Upcasters live here: when a version 2 of an event is introduced, version
 * 1 is read with its own fields and turned into today's shape.
 * @throws {Error} for data, or a version of a known type, that no release can have written: damage.
 */
export function decodeEvent(stored: StoredEvent): DecodedEvent {
  const { type, schemaVersion, data } = stored;
  if (!isKnownType(type)) return { kind: 'unknown', type, schemaVersion };
  const { schemaVersion: today, fields } = EVENTS[type];
  if (schemaVersion > today) return { kind: 'unknown', type, schemaVersion };
  if (schemaVersion !== today) throw new Error(`${type} has no schema version ${schemaVersion}`);
  return { kind: 'known', event: { type, data: readFields(type, fields, data) } as ReservationEvent };
}

/**
 * Reads a stored event where only events of this release can be.
 * @throws {Error} for an unknown event, and for damage.
 */
export function decodeKnownEvent(stored: StoredEvent): ReservationEvent {
  const decoded = decodeEvent(stored);
  if (decoded.kind === 'known') return decoded.event;
  throw new Error(`${decoded.type}, schema version ${decoded.schemaVersion}, is of a later release`);
}

/**
 * True for a type and schema version that this release can read. False for what only a later release writes, which is
 * no damage.
 */
export function isKnownEvent({ type, schemaVersion }: StoredEvent): boolean {
  return isKnownType(type) && schemaVersion <= EVENTS[type].schemaVersion;
}

function isKnownType(type: string): type is ReservationEvent['type'] {
  return Object.hasOwn(EVENTS, type);
}
