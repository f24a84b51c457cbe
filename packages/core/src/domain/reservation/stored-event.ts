import type { DecidedBy, ReservationEvent } from './events.ts';

/** Data of an event as a store keeps it: plain JSON. */
export type JsonObject = { readonly [key: string]: unknown };

/** An event as it lies in a store: any type, any schema version that was ever released. */
export interface StoredEvent {
  readonly type: string;
  readonly schemaVersion: number;
  readonly data: JsonObject;
}

/** The schema version in which each event is written today. */
const SCHEMA_VERSIONS: { readonly [Type in ReservationEvent['type']]: number } = {
  RESERVATION_CREATED: 1,
  RESERVATION_CONFIRMED: 1,
  RESERVATION_FAILED: 1,
  PAYMENT_UNRESOLVED: 1,
  PAYMENT_ESCALATED: 1,
};

/** The event in its storage form, at today's schema version. */
export function encodeEvent(event: ReservationEvent): StoredEvent {
  return { type: event.type, schemaVersion: SCHEMA_VERSIONS[event.type], data: event.data };
}

/**
 * Reads a stored event of any released version. Upcasters live here: when a version 2 of an event is
 * introduced, the case of its type turns version 1 into today's shape.
 * @throws {Error} for a type, a version or data that this release does not know: the store is newer than this code (see
 * {@link isKnownEvent}), or damaged.
 */
export function decodeEvent(stored: StoredEvent): ReservationEvent {
  const { type, data } = stored;
  if (!isKnownType(type)) throw new Error(`unknown event type ${JSON.stringify(type)}`);
  if (stored.schemaVersion !== SCHEMA_VERSIONS[type])
    throw new Error(`${type} has no schema version ${stored.schemaVersion}`);
  const read = fieldsOf(type, data);
  switch (type) {
    case 'RESERVATION_CREATED':
      return {
        type,
        data: {
          userId: read.text('userId'),
          amountMinor: read.wholeNumber('amountMinor'),
          currency: read.text('currency'),
          decimals: read.wholeNumber('decimals'),
          at: read.text('at'),
        },
      };
    case 'RESERVATION_CONFIRMED':
      return {
        type,
        data: {
          transactionId: read.text('transactionId'),
          message: read.text('message'),
          decidedBy: readDecidedBy(type, data['decidedBy']),
          at: read.text('at'),
        },
      };
    case 'RESERVATION_FAILED':
      return {
        type,
        data: {
          reason: read.oneOf('reason', ['declined', 'not-sent', 'found-not-charged']),
          message: read.text('message'),
          decidedBy: readDecidedBy(type, data['decidedBy']),
          at: read.text('at'),
        },
      };
    case 'PAYMENT_UNRESOLVED':
      return {
        type,
        data: {
          cause: read.text('cause'),
          detail: read.text('detail'),
          answeredAs: read.oneOf('answeredAs', ['pending', 'failed']),
          at: read.text('at'),
        },
      };
    case 'PAYMENT_ESCALATED':
      return {
        type,
        data: {
          reason: read.oneOf('reason', [
            'settlement-gave-up',
            'may-not-be-sent-again',
            'answered-failed',
            'charged-after-failed-answer',
          ]),
          detail: read.text('detail'),
          transactionId: data['transactionId'] === null ? null : read.text('transactionId'),
          at: read.text('at'),
        },
      };
  }
}

/**
 * True for a type and schema version that this release can read. False for what only a later release writes, which is
 * no damage.
 */
export function isKnownEvent({ type, schemaVersion }: StoredEvent): boolean {
  return isKnownType(type) && schemaVersion <= SCHEMA_VERSIONS[type];
}

function isKnownType(type: string): type is ReservationEvent['type'] {
  return Object.hasOwn(SCHEMA_VERSIONS, type);
}

interface Fields {
  text(name: string): string;
  wholeNumber(name: string): number;
  oneOf<const Value extends string>(name: string, values: readonly Value[]): Value;
}

function fieldsOf(type: string, data: JsonObject): Fields {
  function wrong(name: string, expected: string): Error {
    return new Error(`${type}.${name} should be ${expected}, is ${JSON.stringify(data[name]) ?? 'absent'}`);
  }
  return {
    text(name) {
      const value = data[name];
      if (typeof value !== 'string') throw wrong(name, 'a string');
      return value;
    },
    wholeNumber(name) {
      const value = data[name];
      if (!Number.isSafeInteger(value)) throw wrong(name, 'a whole number');
      return value as number;
    },
    oneOf(name, values) {
      const found = values.find((value) => value === data[name]);
      if (found === undefined) throw wrong(name, `one of ${values.join(', ')}`);
      return found;
    },
  };
}

function readDecidedBy(type: string, value: unknown): DecidedBy {
  if (typeof value !== 'object' || value === null) throw new Error(`${type}.decidedBy should be an object`);
  const read = fieldsOf(`${type}.decidedBy`, value as JsonObject);
  const kind = read.oneOf('kind', ['payment-service', 'operator']);
  return kind === 'payment-service' ? { kind } : { kind, actor: read.text('actor'), reason: read.text('reason') };
}
