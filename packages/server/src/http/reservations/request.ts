import {
  AMOUNT_MINOR_MAX,
  DEFAULT_CURRENCY,
  IDEMPOTENCY_KEY_LENGTH_MAX,
  METADATA_LIMITS,
  REFERENCE_LENGTH_MAX,
  type RequestField,
  USER_ID_LENGTH_MAX,
} from '@reservations/core';
import { anyOf, nullable, number, object, type Schema, text, texts } from '../wire/schema.ts';

/** The body of `POST /reservations`. */
export interface WireRequest {
  readonly user_id: string;
  readonly amount: number | string;
  readonly currency?: string;
  readonly reference?: string | null;
  readonly metadata?: Readonly<Record<string, string>> | null;
}

/** Names of a request's fields on the wire. */
export const WIRE_FIELDS: { readonly [Field in RequestField]: keyof WireRequest } = {
  userId: 'user_id',
  amount: 'amount',
  currency: 'currency',
  reference: 'reference',
  metadata: 'metadata',
};

/** Text without control characters. */
const PLAIN_TEXT = String.raw`^[^\u0000-\u001f\u007f]*$`;

/** Longest decimal text that can be an amount: core refuses longer ones, also when their value would be allowed. */
const AMOUNT_TEXT_LENGTH_MAX = 64;

/**
 * Schema of {@link WireRequest}. Core validates; the schema repeats what a schema can say of it, and a test compares the
 * two. Which codes are currencies, and how many decimals each one has, is not in it.
 */
export const RESERVATION_REQUEST: Schema<WireRequest> = object<WireRequest>(
  {
    user_id: text({
      description: `Who reserves: 1 to ${USER_ID_LENGTH_MAX} characters (Unicode code points), without control characters.`,
      minLength: 1,
      maxLength: USER_ID_LENGTH_MAX,
      pattern: PLAIN_TEXT,
    }),
    amount: anyOf<number | string>(
      [
        number({
          description:
            'A JSON number. Rounding errors of computations in doubles are accepted: 0.30000000000000004 is 0.30.',
          exclusiveMinimum: 0,
          maximum: AMOUNT_MINOR_MAX,
        }),
        text({
          description: 'A decimal text, which is exact.',
          maxLength: AMOUNT_TEXT_LENGTH_MAX,
          pattern: String.raw`^[+]?(?=[0-9.]*[1-9])(?:[0-9]+[.]?[0-9]*|[.][0-9]+)(?:[eE][+-]?[0-9]+)?$`,
        }),
      ],
      {
        description:
          'Major units, above zero: a number or a decimal text ("10.50"), with no more decimals than the currency has and no ' +
          'more than 15 digits in minor units. Stored, returned and sent to the payment service without rounding.',
      },
    ),
    currency: text({
      description: 'A code of ISO 4217 that is in use and has a minor unit, in upper or lower case.',
      pattern: '^[A-Za-z]{3}$',
      default: DEFAULT_CURRENCY,
    }),
    reference: nullable(
      text({
        description:
          `Your own id of what is reserved, such as the number of an order: 1 to ${REFERENCE_LENGTH_MAX} characters, ` +
          'without control characters. It need not be unique.',
        minLength: 1,
        maxLength: REFERENCE_LENGTH_MAX,
        pattern: PLAIN_TEXT,
      }),
    ),
    metadata: nullable(
      texts(
        text({
          description: `Up to ${METADATA_LIMITS.valueLength} characters, without NUL.`,
          maxLength: METADATA_LIMITS.valueLength,
          pattern: String.raw`^[^\u0000]*$`,
        }),
        {
          description:
            `Texts by name, stored and returned, never interpreted: at most ${METADATA_LIMITS.members} members; names of 1 ` +
            `to ${METADATA_LIMITS.nameLength} characters without control characters, values of up to ` +
            `${METADATA_LIMITS.valueLength} characters without NUL.`,
          maxProperties: METADATA_LIMITS.members,
          propertyNames: { minLength: 1, maxLength: METADATA_LIMITS.nameLength, pattern: PLAIN_TEXT },
        },
      ),
    ),
  },
  {
    optional: ['currency', 'reference', 'metadata'],
    description: 'A reservation to make. Other members are ignored, except __proto__, which is refused.',
    propertyNames: { not: { const: '__proto__' } },
  },
);

/** Schema of an `Idempotency-Key` as it is written: bare, or as the quoted string of RFC 8941. */
export const IDEMPOTENCY_KEY_HEADER: Schema<string> = text({
  description: `1 to ${IDEMPOTENCY_KEY_LENGTH_MAX} visible ASCII characters, bare or in double quotes; both forms name the same key.`,
  pattern:
    String.raw`^(?:[\x21\x23-\x7e][\x21-\x7e]{0,${IDEMPOTENCY_KEY_LENGTH_MAX - 1}}` +
    String.raw`|"(?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\]){1,${IDEMPOTENCY_KEY_LENGTH_MAX}}")$`,
});
