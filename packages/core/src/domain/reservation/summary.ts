import { displayText } from '../display-text.ts';
import type { ReservationId } from '../ids.ts';
import { NO_METADATA, type ReservationMetadata } from '../metadata.ts';
import type { AnswerUnknownAs, FailureReason } from './events.ts';
import type { OpenReservation, Reservation, SettledReservation } from './reservation.ts';
import type { Timestamp } from '../timestamp.ts';

/** A reservation's status towards clients. */
export type ReservationStatus = 'RESERVATION_CREATED' | 'RESERVATION_CONFIRMED' | 'RESERVATION_FAILED';

/** Stage of an existing reservation. */
export type SummaryStage = Exclude<Reservation['stage'], 'none'>;

/** The view's row of a reservation: flat, and a pure function of its folded events. */
export interface ReservationSummary {
  readonly reservationId: ReservationId;
  readonly status: ReservationStatus;
  readonly stage: SummaryStage;
  readonly userId: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly decimals: number;
  /** The caller's own id of what is reserved, if it gave one. */
  readonly reference: string | null;
  /** Texts that the caller attached; without members when it gave none. */
  readonly metadata: ReservationMetadata;
  /** The principal that made it. */
  readonly caller: string;
  readonly transactionId: string | null;
  /** Set when the stage is "failed". */
  readonly failureReason: FailureReason | null;
  /** Set when the outcome was unknown at the end of the request. */
  readonly answeredAs: AnswerUnknownAs | null;
  /** Text for display. */
  readonly message: string;
  readonly createdAt: Timestamp;
  readonly updatedAt: Timestamp;
  /** Number of events in the stream. */
  readonly version: number;
}

/** Summarizes a folded stream, of which `caller` made the first event. */
export function summarize(
  reservationId: ReservationId,
  state: OpenReservation | SettledReservation,
  version: number,
  caller: string,
): ReservationSummary {
  return {
    reservationId,
    status: statusOf(state),
    stage: state.stage,
    userId: state.userId,
    amountMinor: state.money.amountMinor,
    currency: state.money.currency,
    decimals: state.money.decimals,
    reference: state.reference,
    metadata: state.metadata,
    caller,
    transactionId: state.stage === 'confirmed' || state.stage === 'escalated' ? state.transactionId : null,
    failureReason: state.stage === 'failed' ? state.reason : null,
    answeredAs: state.stage === 'unresolved' || state.stage === 'escalated' ? state.answeredAs : null,
    // The row has to be the same in every database; the event keeps what the payment service wrote.
    message: displayText(messageOf(state)),
    createdAt: state.createdAt,
    updatedAt: state.updatedAt,
    version,
  };
}

/** Fields that rows of an earlier release lack, with what their absence means. A new field has its default here. */
const ABSENT: Partial<ReservationSummary> = { metadata: NO_METADATA };

/** The fields of a row that its text has; caller and reference have columns of their own in a database. */
export type SummaryText = Omit<ReservationSummary, 'caller' | 'reference'>;

/** The row as text, without caller and reference. */
export function writeSummary(summary: ReservationSummary): string {
  // JSON leaves out what is undefined.
  return JSON.stringify({ ...summary, caller: undefined, reference: undefined });
}

/** Reads a row that this release or an earlier one wrote. @throws {SyntaxError} when it is no JSON. */
export function readSummary(text: string): SummaryText {
  const row = JSON.parse(text) as SummaryText;
  // A complete row keeps the order of its fields: it is copied to another store byte for byte.
  return Object.keys(ABSENT).every((field) => field in row) ? row : { ...ABSENT, ...row };
}

/** The fields of a row that another row of the same reservation has with another value. */
export function differingFields(
  row: ReservationSummary,
  other: ReservationSummary,
): readonly (keyof ReservationSummary)[] {
  const fields = Object.keys(row) as (keyof ReservationSummary)[];
  return fields.filter((field) => row[field] !== other[field] && !isSameText(row[field], other[field]));
}

/** Metadata are equal when their text is. */
function isSameText(a: unknown, b: unknown): boolean {
  return typeof a === 'object' && JSON.stringify(a) === JSON.stringify(b);
}

/** A caller who was answered "failed" keeps reading that while the payment is settled: a status never goes back. */
function statusOf(state: OpenReservation | SettledReservation): ReservationStatus {
  switch (state.stage) {
    case 'processing':
      return 'RESERVATION_CREATED';
    case 'unresolved':
    case 'escalated':
      return state.answeredAs === 'failed' ? 'RESERVATION_FAILED' : 'RESERVATION_CREATED';
    case 'confirmed':
      return 'RESERVATION_CONFIRMED';
    case 'failed':
      return 'RESERVATION_FAILED';
  }
}

function messageOf(state: OpenReservation | SettledReservation): string {
  switch (state.stage) {
    case 'processing':
      return 'Payment is being processed';
    case 'unresolved':
      return state.answeredAs === 'failed'
        ? ANSWERED_FAILED_MESSAGE
        : 'Payment outcome is not known yet; it is being settled';
    case 'escalated':
      if (state.transactionId !== null) return CHARGED_LATE_MESSAGE;
      return state.answeredAs === 'failed'
        ? ANSWERED_FAILED_MESSAGE
        : 'Payment outcome is being clarified by our staff';
    case 'confirmed':
    case 'failed':
      return state.message;
  }
}

/** The reader was told "failed" before and must not be invited to pay again. */
const CHARGED_LATE_MESSAGE = 'Payment was executed late and is being clarified by our staff; please do not pay again';

/** The old answer for an unknown outcome: it must not say that nothing was charged. */
const ANSWERED_FAILED_MESSAGE = 'Payment service temporarily unavailable. Please try again later.';
