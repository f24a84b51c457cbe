import { PROBLEM_JSON, type ProblemCode, PROBLEMS } from '../problems/problems.ts';
import { ANSWER_HEADERS, type AnswerHeader, COMMON_HEADERS, REQUEST_HEADERS, REQUIRED_HEADERS } from './headers.ts';
import type { Answer, Answers, Operation } from './operation.ts';
import {
  COMMON_PROBLEMS,
  COMMON_REQUEST_HEADERS,
  OPERATION_NAMES,
  type OperationName,
  OPERATIONS,
  problemsOf,
} from './operations.ts';
import type { Example } from './example.ts';
import { EXAMPLES } from './generated/examples.ts';
import { anyOf, reference, type Schema } from './schema.ts';
import { type SchemaName, SCHEMAS } from './schemas.ts';

/** An object of an OpenAPI document. */
export type DocumentObject = Readonly<Record<string, unknown>>;

/** Version of the description, not of a release: it grows when the wire does. */
const WIRE_VERSION = '1.0.0';

const DESCRIPTION = `Makes reservations and charges them, each once. Requests and answers are JSON.

\`HEAD\` is answered wherever \`GET\` is, without a body. Other methods are answered 405 with \`Allow\`, unknown paths 404; both with a \`Problem\`. Clients ignore members and codes that they do not know: more may come.`;

/**
 * Returns the OpenAPI 3.1 document of the service. Paths are relative to the place of the document, or to the path where
 * the service is mounted.
 */
export function createDocument(mountPath = ''): DocumentObject {
  return {
    openapi: '3.1.0',
    info: {
      title: 'Reservation Service API',
      version: WIRE_VERSION,
      description: DESCRIPTION,
      license: { name: 'MIT', identifier: 'MIT' },
    },
    ...(mountPath === '' ? {} : { servers: [{ url: mountPath }] }),
    tags: [
      { name: 'reservations', description: 'Making and reading reservations.' },
      { name: 'health', description: 'Health of the server.' },
      { name: 'service', description: 'The service itself.' },
    ],
    paths: pathsOf(OPERATION_NAMES.filter((name) => OPERATIONS[name].isListed !== false)),
    components: {
      securitySchemes: { bearer: BEARER },
      schemas: SCHEMAS,
      headers: Object.fromEntries(
        Object.entries(ANSWER_HEADERS).map(([name, header]) => [name, headerObject(name, header)]),
      ),
      parameters: Object.fromEntries(COMMON_REQUEST_HEADERS.map((name) => [name, parameterOf(name)])),
      responses: Object.fromEntries(
        byStatus(COMMON_PROBLEMS).map(([status, codes]) => [responseName(status), problemResponse(codes)]),
      ),
    },
  };
}

/** An API key or a token: a client sends either the same way. */
const BEARER: DocumentObject = {
  type: 'http',
  scheme: 'bearer',
  description:
    'An API key, on a server with `--auth api-key`, or a token (JWT) of its issuer, with `--auth jwt`. A server without ' +
    'authentication needs none.',
};

function headerObject(name: string, header: { readonly description: string; readonly schema: Schema }): DocumentObject {
  const isRequired = (REQUIRED_HEADERS as readonly string[]).includes(name);
  return { ...header, ...(isRequired ? { required: true } : {}) };
}

/** Returns the paths of operations with all that is said of them. */
export function pathsOf(names: readonly OperationName[]): DocumentObject {
  const paths: Record<string, Record<string, DocumentObject>> = {};
  for (const name of names) {
    const { path, method } = OPERATIONS[name];
    (paths[path] ??= {})[method] = operationObject(name);
  }
  return paths;
}

function operationObject(operationName: OperationName): DocumentObject {
  const operation: Operation = OPERATIONS[operationName];
  const recorded = EXAMPLES.filter((example) => example.operation === operationName);
  const requests = recorded.filter((example) => example.request !== undefined);
  const { tag, scope, summary, description, operationId, body, headers = [], parameters = {}, query = {} } = operation;
  return {
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    operationId,
    // Whether a server asks for it is its operator's to say.
    ...(scope === null ? {} : { security: [{ bearer: [scope] }, {}] }),
    parameters: [
      ...Object.entries(parameters).map(([name, text]) => ({
        name,
        in: 'path',
        required: true,
        description: text,
        schema: { type: 'string' },
      })),
      ...Object.entries(query).map(([name, parameter]) => ({ name, in: 'query', required: false, ...parameter })),
      ...headers.map(parameterOf),
      ...COMMON_REQUEST_HEADERS.map((name) => ({ $ref: `#/components/parameters/${name}` })),
    ],
    ...(body === undefined
      ? {}
      : {
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: reference(body),
                examples: namedExamples(requests, ({ request }) => request),
              },
            },
          },
        }),
    responses: responsesOf({ ...operation, problems: problemsOf(operation) }, recorded),
  };
}

function parameterOf(name: keyof typeof REQUEST_HEADERS): DocumentObject {
  return { name, in: 'header', required: false, ...REQUEST_HEADERS[name] };
}

/** Error codes in groups of their status, in order. */
function byStatus(codes: readonly ProblemCode[]): readonly (readonly [number, readonly ProblemCode[]])[] {
  const statuses = [...new Set(codes.map((code) => PROBLEMS[code].status))].sort((a, b) => a - b);
  return statuses.map((status) => [status, codes.filter((code) => PROBLEMS[code].status === status)] as const);
}

/** Returns the responses of an operation, by their status. */
export function responsesOf({ answers, problems }: Answers, recorded: readonly Example[] = []): DocumentObject {
  const responses: Record<string, DocumentObject> = {};
  const groups = byStatus([...problems, ...COMMON_PROBLEMS]);
  const shown = (status: number): readonly Example[] => recorded.filter((example) => example.status === status);
  for (const answer of answers) responses[answer.status] = answerResponse(answer, shown(answer.status));
  for (const [status, codes] of groups) {
    const answer = answers.find((each) => each.status === status);
    const isCommon = codes.every((code) => COMMON_PROBLEMS.includes(code)) && answer === undefined;
    responses[status] = isCommon
      ? { $ref: `#/components/responses/${responseName(status)}` }
      : problemResponse(codes, answer, shown(status));
  }
  return responses;
}

function responseName(status: number): string {
  return `Problem${status}`;
}

function answerResponse(answer: Answer, examples: readonly Example[]): DocumentObject {
  const content = contentOf(answer, examples);
  return {
    description: answer.description,
    headers: headerReferences(answer.headers ?? []),
    ...(Object.keys(content).length === 0 ? {} : { content }),
  };
}

function contentOf({ body, types = [] }: Answer, examples: readonly Example[]): DocumentObject {
  return {
    ...(body === undefined ? {} : { 'application/json': jsonContent(reference(body), examples) }),
    ...Object.fromEntries(types.map((type) => [type, { schema: {} }])),
  };
}

function jsonContent(schema: Schema, examples: readonly Example[]): DocumentObject {
  return { schema, ...(examples.length === 0 ? {} : { examples: namedExamples(examples, ({ value }) => value) }) };
}

function namedExamples(examples: readonly Example[], valueOf: (example: Example) => unknown): DocumentObject {
  return Object.fromEntries(
    examples.map((example) => [example.name, { summary: example.summary, value: valueOf(example) }]),
  );
}

/** The response of a status with these errors, and with an answer that is none. */
function problemResponse(
  codes: readonly ProblemCode[],
  answer?: Answer,
  examples: readonly Example[] = [],
): DocumentObject {
  const names = [...new Set([answer?.body ?? [], codes.map(bodyOf)].flat())];
  const schemas = names.map((name) => reference(name));
  const lines = codes.map((code) => `\`${code}\`: ${PROBLEMS[code].when}.`);
  const headers = codes.flatMap((code) => PROBLEMS[code].headers ?? []);
  return {
    description: [...(answer === undefined ? [] : [answer.description]), ...lines].join(' '),
    headers: headerReferences([...(answer?.headers ?? []), ...headers]),
    content: {
      'application/json': jsonContent(schemas.length === 1 ? (schemas[0] ?? {}) : anyOf(schemas), examples),
      [PROBLEM_JSON]: { schema: reference('ProblemDocument') },
    },
    [PROBLEM_CODES]: codes,
  };
}

/** Member of a response: the codes that its errors can have. */
export const PROBLEM_CODES = 'x-problem-codes';

function bodyOf(code: ProblemCode): SchemaName {
  const { detail } = PROBLEMS[code];
  if (detail === 'entries') return 'HTTPValidationError';
  return detail === 'reservation' ? 'PaymentUnavailable' : 'Problem';
}

function headerReferences(headers: readonly AnswerHeader[]): DocumentObject {
  const names = [...new Set([...headers, ...COMMON_HEADERS])];
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
