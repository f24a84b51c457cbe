import { isObject } from '../metadata.ts';

/** Data of an event as a store keeps it: plain JSON. */
export type JsonObject = { readonly [key: string]: unknown };

/** Specification of one field: what a stored value must be. A literal, so that types and checks both follow from it. */
type Field =
  | 'text'
  | 'wholeNumber'
  /** An object of texts. */
  | 'texts'
  | { readonly oneOf: readonly string[] }
  | { readonly nullable: Field }
  /** An object whose "kind" says which further fields it has. */
  | { readonly byKind: { readonly [kind: string]: Fields } };

/** Specification of an object. */
export type Fields = { readonly [name: string]: Field };

/** A field that events have since a later schema version. */
export interface LaterField {
  /** The first version with the field, from 2. */
  readonly since: number;
  /** The value that an event without the field has. */
  readonly absent: null | Readonly<Record<string, string>>;
  readonly is: Field;
}

/** Specification of an event. */
export type EventFields = { readonly [name: string]: Field | LaterField };

/** Type of the values of a field. */
type ValueOf<Spec> = Spec extends { readonly is: infer Inner }
  ? ValueOf<Inner>
  : Spec extends 'text'
    ? string
    : Spec extends 'texts'
      ? Readonly<Record<string, string>>
      : Spec extends 'wholeNumber'
        ? number
        : Spec extends { readonly oneOf: readonly (infer Value)[] }
          ? Value
          : Spec extends { readonly nullable: infer Inner }
            ? ValueOf<Inner> | null
            : Spec extends { readonly byKind: infer Kinds }
              ? {
                  [Kind in keyof Kinds]: DataOf<{ readonly kind: { readonly oneOf: readonly [Kind] } } & Kinds[Kind]>;
                }[keyof Kinds]
              : never;

/** Type of an object with these fields. */
export type DataOf<Specs> = { readonly [Name in keyof Specs]: ValueOf<Specs[Name]> };

/**
 * Reads the specified fields and drops all others; `owner` names the object in the error.
 * @throws {Error} for a value that is absent or of another kind.
 */
export function readFields(owner: string, specs: Fields, data: JsonObject): JsonObject {
  const read = Object.entries(specs).map(([name, field]) => [name, readField(`${owner}.${name}`, field, data[name])]);
  return Object.fromEntries(read);
}

function readField(name: string, field: Field, value: unknown): unknown {
  if (field === 'text') return check(name, value, 'a string', typeof value === 'string');
  if (field === 'wholeNumber') return check(name, value, 'a whole number', Number.isSafeInteger(value));
  if (field === 'texts') return readTexts(name, value);
  if ('oneOf' in field) {
    return check(
      name,
      value,
      `one of ${field.oneOf.join(', ')}`,
      field.oneOf.some((allowed) => allowed === value),
    );
  }
  if ('nullable' in field) return value === null ? null : readField(name, field.nullable, value);
  return readByKind(name, field.byKind, value);
}

function readTexts(name: string, value: unknown): JsonObject {
  check(name, value, 'an object', isObject(value));
  const data = value as JsonObject;
  return readFields(name, Object.fromEntries(Object.keys(data).map((member) => [member, 'text'])), data);
}

function readByKind(name: string, kinds: { readonly [kind: string]: Fields }, value: unknown): unknown {
  check(name, value, 'an object', typeof value === 'object' && value !== null);
  const data = value as JsonObject;
  const [kind, fields] = Object.entries(kinds).find(([known]) => known === data['kind']) ?? [];
  if (fields === undefined)
    return check(`${name}.kind`, data['kind'], `one of ${Object.keys(kinds).join(', ')}`, false);
  return { kind, ...readFields(name, fields, data) };
}

function check(name: string, value: unknown, expected: string, isExpected: boolean): unknown {
  if (isExpected) return value;
  throw new Error(`${name} should be ${expected}, is ${JSON.stringify(value) ?? 'absent'}`);
}
