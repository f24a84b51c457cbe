import { EVENTS, type ReservationEvent } from './events.ts';
import { type EventVersions, eventVersions } from './event-versions.ts';
import type { JsonObject } from './fields.ts';

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

/** The event in its storage form, at the lowest schema version that carries it. */
export function encodeEvent({ type, data }: ReservationEvent): StoredEvent {
  const versions = VERSIONS[type];
  const schemaVersion = versions.lowestFor(data);
  return { type, schemaVersion, data: schemaVersion === versions.latest ? data : versions.cut(data, schemaVersion) };
}

/**
 * Reads a stored event of any released version: each is read with its own fields, and gets those of later versions with
 * the values that stand for their absence.
 * @throws {Error} for data, or a version of a known type, that no release can have written: damage.
 */
export function decodeEvent(stored: StoredEvent): DecodedEvent {
  const { type, schemaVersion, data } = stored;
  if (!isKnownType(type)) return { kind: 'unknown', type, schemaVersion };
  const versions = VERSIONS[type];
  if (schemaVersion > versions.latest) return { kind: 'unknown', type, schemaVersion };
  if (!versions.isOne(schemaVersion)) throw new Error(`${type} has no schema version ${schemaVersion}`);
  return { kind: 'known', event: { type, data: versions.read(data, schemaVersion) } as ReservationEvent };
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
  return isKnownType(type) && schemaVersion <= VERSIONS[type].latest;
}

function isKnownType(type: string): type is ReservationEvent['type'] {
  return Object.hasOwn(EVENTS, type);
}

const VERSIONS = Object.fromEntries(
  Object.entries(EVENTS).map(([type, fields]) => [type, eventVersions(type, fields)]),
) as { readonly [Type in ReservationEvent['type']]: EventVersions };
