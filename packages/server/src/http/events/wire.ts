import { type FeedEvent, type ReservationEvent, toMajorUnits } from '@reservations/core';
import {
  anyOf,
  instant,
  integer,
  list,
  type Members,
  nullable,
  number,
  object,
  reference,
  type Schema,
  text,
  textLike,
  textOf,
  texts,
} from '../wire/schema.ts';

/**
 * What each event shows to clients: the definition of `data`. Left out is what is for operators: their names and reasons,
 * details of faults, and a charge that was found for a reservation that is not confirmed.
 */
interface WireDataByType {
  readonly RESERVATION_CREATED: {
    readonly user_id: string;
    readonly amount: number;
    readonly currency: string;
    readonly reference: string | null;
    readonly metadata: Readonly<Record<string, string>>;
  };
  readonly RESERVATION_CONFIRMED: {
    readonly transaction_id: string;
    readonly message: string;
    readonly decided_by: Decider;
  };
  readonly RESERVATION_FAILED: {
    readonly reason: FailureReason;
    readonly message: string;
    readonly decided_by: Decider;
  };
  readonly PAYMENT_UNRESOLVED: { readonly cause: string; readonly answered_as: AnsweredAs };
  readonly PAYMENT_ESCALATED: { readonly reason: string };
}

type Type = ReservationEvent['type'];
type DataOf<Name extends Type> = Extract<ReservationEvent, { readonly type: Name }>['data'];
type Decider = DataOf<'RESERVATION_CONFIRMED'>['decidedBy']['kind'];
type FailureReason = DataOf<'RESERVATION_FAILED'>['reason'];
type AnsweredAs = DataOf<'PAYMENT_UNRESOLVED'>['answeredAs'];

const DECIDED_BY: Schema<Decider> = textOf(['payment-service', 'operator'], { description: 'Source of the verdict.' });

/** How each event is shown, and the schema of that. */
const PROJECTIONS: {
  readonly [Name in Type]: {
    readonly schema: Schema<WireDataByType[Name]>;
    project(data: DataOf<Name>): WireDataByType[Name];
  };
} = {
  RESERVATION_CREATED: {
    schema: object<WireDataByType['RESERVATION_CREATED']>({
      user_id: text({ description: 'As in the request.' }),
      amount: number({ description: 'Major units, exact to the last digit.' }),
      currency: text({ description: 'ISO 4217 code in upper case.', pattern: '^[A-Z]{3}$' }),
      reference: nullable(text({ description: 'As in the request; null when it had none.' })),
      metadata: texts(text({ description: 'As in the request.' }), {
        description: 'As in the request; without members when it had none.',
      }),
    }),
    project: ({ userId, reference: ref, metadata, ...money }) => ({
      user_id: userId,
      amount: toMajorUnits(money),
      currency: money.currency,
      reference: ref,
      metadata,
    }),
  },
  RESERVATION_CONFIRMED: {
    schema: object<WireDataByType['RESERVATION_CONFIRMED']>({
      transaction_id: text({ description: "The payment service's id of the charge." }),
      message: text({ description: 'Text for display.' }),
      decided_by: DECIDED_BY,
    }),
    project: ({ transactionId, message, decidedBy }) => ({
      transaction_id: transactionId,
      message,
      decided_by: decidedBy.kind,
    }),
  },
  RESERVATION_FAILED: {
    schema: object<WireDataByType['RESERVATION_FAILED']>({
      reason: textOf(['declined', 'not-sent', 'found-not-charged'], {
        description: 'A decline, the proof that nothing was sent, or the finding of an operator.',
      }),
      message: text({ description: 'Text for display.' }),
      decided_by: DECIDED_BY,
    }),
    project: ({ reason, message, decidedBy }) => ({ reason, message, decided_by: decidedBy.kind }),
  },
  PAYMENT_UNRESOLVED: {
    schema: object<WireDataByType['PAYMENT_UNRESOLVED']>({
      cause: text({ description: 'Why the outcome of the payment is unknown, as one word.' }),
      answered_as: textOf(['pending', 'failed'], { description: 'What the client was told.' }),
    }),
    project: ({ cause, answeredAs }) => ({ cause, answered_as: answeredAs }),
  },
  PAYMENT_ESCALATED: {
    schema: object<WireDataByType['PAYMENT_ESCALATED']>({
      reason: text({ description: 'Why an operator decides, as one word.' }),
    }),
    project: ({ reason }) => ({ reason }),
  },
};

/** Every type of an event of this release. */
const TYPES = Object.keys(PROJECTIONS) as readonly Type[];

/** The schema of `data` by the type of the event. */
export const EVENT_DATA: Readonly<Record<string, Schema>> = Object.fromEntries(
  TYPES.map((type) => [type, PROJECTIONS[type].schema]),
);

/** An event as clients see it. */
export interface WireEvent {
  readonly position: number;
  readonly version: number;
  readonly type: string;
  readonly at: string;
  readonly data: WireDataByType[Type] | null;
}

const EVENT_MEMBERS: Members<WireEvent> = {
  position: integer({ description: 'Place among all events of the service, in the order of commits.', minimum: 1 }),
  version: integer({ description: 'Version of the reservation since this event.', minimum: 1 }),
  type: textLike(TYPES, { description: 'What happened. More types may come.' }),
  at: instant({ description: 'When it happened: RFC 3339, UTC.' }),
  data: anyOf<WireEvent['data']>([...TYPES.map((type) => PROJECTIONS[type].schema), { type: 'null' }], {
    description: 'By the type. Null when only a later release of the service can show it.',
  }),
};

/** Schema of {@link WireEvent}. */
export const EVENT: Schema<WireEvent> = object<WireEvent>(EVENT_MEMBERS, {
  description: 'Something that happened to a reservation.',
});

/** An event in a stream. */
export interface WireStreamedEvent extends WireEvent {
  readonly reservation_id: string | null;
}

/** Schema of {@link WireStreamedEvent}. */
export const STREAMED_EVENT: Schema<WireStreamedEvent> = object<WireStreamedEvent>(
  {
    reservation_id: nullable(
      text({ description: 'Id of the reservation. Null for an event of a later release that belongs to none.' }),
    ),
    ...EVENT_MEMBERS,
  },
  { description: 'The JSON in `data:` of an event in a stream.' },
);

/** The history of a reservation as clients see it. */
export interface WireHistory {
  readonly reservation_id: string;
  readonly events: readonly WireEvent[];
}

/** Schema of {@link WireHistory}. */
export const HISTORY: Schema<WireHistory> = object<WireHistory>(
  {
    reservation_id: text({ description: 'Id of the reservation.', pattern: '^RES-' }),
    events: list<WireEvent>(reference('Event'), { description: 'All of them, in the order of their versions.' }),
  },
  { description: 'What happened to a reservation.' },
);

/** Shapes an event for the wire. The data of an event of a later release is null. */
export function toWireEvent(
  recorded: Pick<FeedEvent, 'position' | 'version' | 'type' | 'metadata' | 'event'>,
): WireEvent {
  const { position, version, type, metadata, event } = recorded;
  return {
    position,
    version,
    type,
    at: event?.data.at ?? metadata.recordedAt,
    data: event === null ? null : project(event),
  };
}

function project<Name extends Type>(event: Extract<ReservationEvent, { readonly type: Name }>): WireDataByType[Name] {
  const projection = PROJECTIONS[event.type];
  return projection.project(event.data as DataOf<Name>);
}
