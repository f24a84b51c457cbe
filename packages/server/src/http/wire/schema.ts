declare const VALUE: unique symbol;

/** A JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it) of JSON values of type `Value`. */
export interface Schema<Value = unknown> {
  readonly [keyword: string]: unknown;
  /** For the compiler only. */
  readonly [VALUE]?: Value;
}

/** Keywords beside the type. Every schema of a field has a description: the documentation is made of them. */
interface Keywords {
  readonly description: string;
  readonly [keyword: string]: unknown;
}

/** Returns the schema of a text. Lengths count characters (Unicode code points). */
export function text(keywords: Keywords): Schema<string> {
  return { type: 'string', ...keywords };
}

/** Returns the schema of one of a closed list of texts. */
export function textOf<Value extends string>(values: readonly Value[], keywords: Keywords): Schema<Value> {
  return { type: 'string', enum: values, ...keywords };
}

/**
 * Returns the schema of one of a list of texts that may grow. Clients accept others too; tests refuse those that are
 * not in the list.
 */
export function textLike(values: readonly string[], keywords: Keywords): Schema<string> {
  return { type: 'string', [EXTENSIBLE_ENUM]: values, ...keywords };
}

/** Keyword of a list of texts that may grow. */
export const EXTENSIBLE_ENUM = 'x-extensible-enum';

/** Returns the schema of an instant: RFC 3339, UTC. */
export function instant(keywords: Keywords): Schema<string> {
  return text({ format: 'date-time', ...keywords });
}

/** Returns the schema of a number. */
export function number(keywords: Keywords): Schema<number> {
  return { type: 'number', ...keywords };
}

/** Returns the schema of a whole number. */
export function integer(keywords: Keywords): Schema<number> {
  return { type: 'integer', ...keywords };
}

/** Returns the schema of a value that may be null. */
export function nullable<Value>(schema: Schema<Value>): Schema<Value | null> {
  return { ...schema, type: [schema['type'], 'null'] };
}

/** Returns the schema of a list. */
export function list<Item>(items: Schema<Item>, keywords: Partial<Keywords> = {}): Schema<readonly Item[]> {
  return { type: 'array', items, ...keywords };
}

/** Returns the schema of an object of texts. */
export function texts(value: Schema<string>, keywords: Keywords): Schema<Readonly<Record<string, string>>> {
  return { type: 'object', additionalProperties: value, ...keywords };
}

/** Returns the schema of a value that one of several schemas describes. */
export function anyOf<Value>(schemas: readonly Schema<Value>[], keywords: Partial<Keywords> = {}): Schema<Value> {
  return { anyOf: schemas, ...keywords };
}

/** The schemas of the members of `Value`. A member that the type has and the schema has not is an error of the compiler. */
export type Members<Value> = { readonly [Name in keyof Value]-?: Schema<Value[Name]> };

/** Returns the schema of an object. Members are required unless they are named in `optional`. */
export function object<Value extends object>(
  members: Members<Value>,
  { optional = [], ...keywords }: { readonly optional?: readonly (keyof Value & string)[] } & Partial<Keywords> = {},
): Schema<Value> {
  const isOptional = new Set<string>(optional);
  const required = Object.keys(members).filter((name) => !isOptional.has(name));
  return { type: 'object', properties: members, ...(required.length === 0 ? {} : { required }), ...keywords };
}

/** Returns a reference to a schema of the document that has a name. */
export function reference<Value>(name: string): Schema<Value> {
  return { $ref: `#/components/schemas/${name}` };
}
