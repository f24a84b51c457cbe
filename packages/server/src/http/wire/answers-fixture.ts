import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { type ProblemCode, PROBLEMS } from '../problems/problems.ts';
import { createDocument, type DocumentObject, pathsOf, PROBLEM_CODES, responsesOf } from './document.ts';
import { ANSWER_HEADERS, type AnswerHeader, COMMON_HEADERS, type Header, REQUIRED_HEADERS } from './headers.ts';
import { OPERATION_NAMES, OPTIONS, PREFLIGHT, UNROUTED } from './operations.ts';
import { EXTENSIBLE_ENUM } from './schema.ts';

/** An answer of the service that a test caused. */
export interface ObservedAnswer {
  /** Null when the request is not known. */
  readonly request: { readonly method: string; readonly path: string } | null;
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

interface Response {
  readonly $ref?: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly content?: Readonly<Record<string, { readonly schema: DocumentObject }>>;
  readonly [PROBLEM_CODES]?: readonly string[];
}

type Responses = Readonly<Record<string, Response>>;

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, { readonly responses: Responses }>>>>;
  readonly components: { readonly responses: Responses; readonly schemas: DocumentObject };
}

/** With the operations that are not listed. */
const document = { ...createDocument(), paths: pathsOf(OPERATION_NAMES) } as unknown as Document;

/** Headers that HTTP's own framing sets, and Express, which an example puts around the service. */
const FRAMING = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'transfer-encoding',
  'x-powered-by',
]);

const EVERY: readonly Responses[] = Object.values(document.paths).flatMap((methods) =>
  Object.values(methods).map(({ responses }) => responses),
);
const NO_OPERATION = [UNROUTED, OPTIONS, PREFLIGHT].map((answers) =>
  responsesOf(answers),
) as unknown as readonly Responses[];

/** Returns what the document does not say of an answer: an undeclared status, header or member. Empty for a declared one. */
export function violationsOf(answer: ObservedAnswer): readonly string[] {
  const found = candidatesFor(answer.request).map((responses) => compare(answer, responses));
  const [fewest = []] = found.toSorted((a, b) => a.length - b.length);
  const { method = 'a', path = 'request' } = answer.request ?? {};
  return fewest.map((fault) => `${answer.status} to ${method} ${path}: ${fault}`);
}

/** What the request may be answered with. A path may have the path where the service is mounted before it. */
function candidatesFor(request: ObservedAnswer['request']): readonly Responses[] {
  if (request === null) return [...EVERY, ...NO_OPERATION];
  const method = request.method === 'HEAD' ? 'get' : request.method.toLowerCase();
  const matching = Object.entries(document.paths).flatMap(([path, methods]) => {
    const pattern = new RegExp(`^(.*)${path.replaceAll(/\{\w+\}/g, '[^/]+')}/?$`);
    const match = path === '/' ? null : pattern.exec(request.path);
    const operation = match === null ? undefined : methods[method];
    if (operation === undefined) return [];
    // What stands before it may be no mount path.
    return match?.[1] === '' ? [operation.responses] : [operation.responses, ...NO_OPERATION];
  });
  if (matching.length > 0) return matching;
  const root = document.paths['/']?.[method];
  return root === undefined ? NO_OPERATION : [root.responses, ...NO_OPERATION];
}

function compare(answer: ObservedAnswer, responses: Responses): readonly string[] {
  const declared = responses[answer.status];
  if (declared === undefined) return ['this status is not declared'];
  const name = declared.$ref?.slice('#/components/responses/'.length);
  const response = name === undefined ? declared : (document.components.responses[name] ?? declared);
  const code = codeOf(answer.body);
  return [
    ...headerFaults(answer, Object.keys(response.headers ?? {}), code),
    ...bodyFaults(answer, response),
    ...(code === null || response[PROBLEM_CODES]?.includes(code) === true ? [] : [`the code ${code} is not declared`]),
  ];
}

/** Headers of an error are those of its code, not those of all codes with its status. */
function headerFaults(
  { headers }: ObservedAnswer,
  declared: readonly string[],
  code: string | null,
): readonly string[] {
  const own = code === null ? declared : [...COMMON_HEADERS, ...(PROBLEMS[code as ProblemCode]?.headers ?? [])];
  const known = new Map(own.map((name) => [name.toLowerCase(), ANSWER_HEADERS[name as AnswerHeader]]));
  return [
    ...[...headers].flatMap(([name, value]) => {
      const header = known.get(name);
      if (header !== undefined) return valueFaults(name, value, header);
      return FRAMING.has(name) ? [] : [`the header ${name} is not declared`];
    }),
    ...REQUIRED_HEADERS.filter((name) => !headers.has(name.toLowerCase())).map(
      (name) => `the header ${name} is missing`,
    ),
  ];
}

function valueFaults(name: string, value: string, { schema }: Header): readonly string[] {
  const validate = compile(`header ${name}`, schema);
  if (validate(schema['type'] === 'integer' ? Number(value) : value)) return [];
  return [`the header ${name}: ${value} ${ajv.errorsText(validate.errors)}`];
}

function bodyFaults({ request, headers, body }: ObservedAnswer, { content }: Response): readonly string[] {
  if (content === undefined) return body === '' ? [] : ['a body'];
  const [type = ''] = (headers.get('content-type') ?? '').split(';');
  const media = content[type];
  if (media === undefined) return [`the content type ${type} is not declared`];
  if (request?.method === 'HEAD') return body === '' ? [] : ['a body behind HEAD'];
  const validate = compile(JSON.stringify(media.schema), media.schema);
  if (validate(type.endsWith('json') ? JSON.parse(body) : body)) return [];
  return [`${ajv.errorsText(validate.errors)}: ${body}`];
}

function codeOf(body: string): string | null {
  if (!body.startsWith('{')) return null;
  const { code } = JSON.parse(body) as { readonly code?: unknown };
  return typeof code === 'string' ? code : null;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
ajv.addFormat('date-time', /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
ajv.addFormat('uri', /^[a-z]+:\S+$/);
ajv.addKeyword({
  keyword: EXTENSIBLE_ENUM,
  validate: (values: readonly unknown[], value: unknown) => values.includes(value),
});
const schemas = strict(document.components.schemas);
const compiled = new Map<string, ValidateFunction>();

function compile(key: string, schema: DocumentObject): ValidateFunction {
  const validate = compiled.get(key) ?? ajv.compile({ ...schema, components: { schemas } });
  compiled.set(key, validate);
  return validate;
}

/** The schemas, closed: clients ignore members that they do not know, tests refuse them. */
function strict<Value>(schema: Value): Value {
  if (Array.isArray(schema)) return schema.map(strict) as Value;
  if (typeof schema !== 'object' || schema === null) return schema;
  const inner = Object.fromEntries(Object.entries(schema).map(([name, value]) => [name, strict(value)]));
  return ('properties' in inner ? { additionalProperties: false, ...inner } : inner) as Value;
}

/** Headers in the head of a message, by their names in lower case. */
export function readHead(head: string): ReadonlyMap<string, string> {
  const [, ...lines] = head.trimEnd().split('\r\n');
  return new Map(
    lines.map((line) => {
      const [name = ''] = line.split(':', 1);
      return [name.toLowerCase(), line.slice(name.length + 1).trim()];
    }),
  );
}
