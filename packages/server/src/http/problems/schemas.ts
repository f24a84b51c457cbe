import { anyOf, integer, list, object, reference, type Schema, text, textLike } from '../wire/schema.ts';
import { PROBLEM_JSON, type ProblemCode, PROBLEMS, type ReservationDetail, type ValidationEntry } from './problems.ts';
import { VALIDATION_TYPES } from './validation-types.ts';

/** Members that RFC 9457 and this service have beside `detail`. */
interface CommonMembers {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly instance: string;
  readonly code: string;
  readonly request_id: string;
}

/** Codes whose `detail` is of a kind; without one, a text. */
function codesWith(detail: (typeof PROBLEMS)[ProblemCode]['detail']): readonly string[] {
  return Object.entries(PROBLEMS).flatMap(([code, kind]) => (kind.detail === detail ? [code] : []));
}

function commonMembers(codes: readonly string[]): {
  readonly [Name in keyof CommonMembers]: Schema<CommonMembers[Name]>;
} {
  return {
    type: text({ description: 'URI of the kind of problem: urn:reservations:problem: and the code.', format: 'uri' }),
    title: text({ description: 'The kind of problem for people; may change.' }),
    status: integer({ description: 'The HTTP status.' }),
    instance: text({ description: 'Path of the request.' }),
    code: textLike(codes, { description: 'The kind of problem for programs; never changes. More kinds may come.' }),
    request_id: text({ description: 'X-Request-Id of the request.' }),
  };
}

/** Schema of a fault of a request. */
export const VALIDATION_ERROR: Schema<ValidationEntry> = object({
  loc: list(anyOf<string | number>([{ type: 'string' }, { type: 'integer' }]), { description: 'Where the fault is.' }),
  msg: text({ description: 'What is wrong, for people; may change.' }),
  type: textLike(Object.keys(VALIDATION_TYPES), { description: 'What is wrong, for programs.' }),
}) as Schema<ValidationEntry>;

/** Schema of the answer to a request that does not validate. */
export const HTTP_VALIDATION_ERROR: Schema = object({
  detail: list(reference('ValidationError'), { description: 'The faults of the request.', minItems: 1 }),
  ...commonMembers(codesWith('entries')),
});

/** Schema of an error whose `detail` is a text. */
export const PROBLEM: Schema = object({
  detail: text({ description: 'What happened, for people; may change.' }),
  ...commonMembers(codesWith(undefined)),
});

/** Schema of the answer when the payment service was not reached. */
export const PAYMENT_UNAVAILABLE: Schema = object({
  detail: object<ReservationDetail>({
    reservation_id: text({ description: 'Id of the reservation that failed.', pattern: '^RES-' }),
    status: text({ description: 'RESERVATION_FAILED.' }),
    message: text({ description: 'Text for display.' }),
  }),
  ...commonMembers(codesWith('reservation')),
});

/** Schema of an error for a client that accepts {@link PROBLEM_JSON}. */
export const PROBLEM_DOCUMENT: Schema = object(
  {
    detail: text({ description: 'What happened, for people; may change.' }),
    ...commonMembers(Object.keys(PROBLEMS)),
    errors: list(reference('ValidationError'), { description: 'Of validation_failed: the faults of the request.' }),
    reservation_id: text({ description: 'Of payment_unavailable: id of the reservation that failed.' }),
    reservation_status: text({ description: 'Of payment_unavailable: its status.' }),
  },
  {
    optional: ['errors', 'reservation_id', 'reservation_status'],
    description: `An error as a problem document (RFC 9457), for clients whose Accept names ${PROBLEM_JSON}.`,
  },
);
