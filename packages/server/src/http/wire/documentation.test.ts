import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { EVENT, EVENT_DATA } from '../events/wire.ts';
import { PROBLEMS } from '../problems/problems.ts';
import { VALIDATION_TYPES } from '../problems/validation-types.ts';
import { RESERVATION_REQUEST } from '../reservations/request.ts';
import { RESERVATION } from '../reservations/wire.ts';
import { ANSWER_HEADERS, COMMON_HEADERS, REQUEST_HEADERS, REQUIRED_HEADERS } from './headers.ts';
import type { Operation } from './operation.ts';
import { COMMON_PROBLEMS, OPERATIONS, problemsOf } from './operations.ts';
import type { Schema } from './schema.ts';

const path = fileURLToPath(new URL('../../../../../docs/http-api.md', import.meta.url));

/** A table with the first row as its head. */
function table(...rows: readonly (readonly string[])[]): string {
  const [head = []] = rows;
  return [head, head.map(() => '---'), ...rows.slice(1)].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

const code = (name: string | number): string => `\`${name}\``;

function codes(names: readonly string[]): string {
  return names.map(code).join(', ');
}

function operationRow(operation: Operation): readonly string[] {
  const { method, path, summary, description, answers } = operation;
  const statuses = answers.map(({ status }) => status).join(', ');
  const text = [summary, description].flatMap((each) => each ?? []).join('. ');
  return [code(`${method.toUpperCase()} ${path}`), text.replace(/\.$/, ''), statuses, codes(problemsOf(operation))];
}

function memberRows(schema: Schema): readonly (readonly string[])[] {
  const members = schema['properties'] as Readonly<Record<string, Schema>>;
  const required = schema['required'] as readonly string[];
  return Object.entries(members).map(([name, member]) => {
    const fallback = member['default'] === undefined ? '' : ` Default: ${code(JSON.stringify(member['default']))}.`;
    const optional = required.includes(name) ? '' : 'Optional. ';
    return [code(name), optional + String(member['description']) + fallback];
  });
}

const TABLES: Readonly<Record<string, string>> = {
  operations: table(['Request', 'What it does', 'Answers', 'Errors'], ...Object.values(OPERATIONS).map(operationRow)),
  common: table(['`code`', 'HTTP'], ...COMMON_PROBLEMS.map((each) => [code(each), String(PROBLEMS[each].status)])),
  request: table(['Field', 'Description'], ...memberRows(RESERVATION_REQUEST)),
  reservation: table(['Field', 'Description'], ...memberRows(RESERVATION)),
  event: table(['Field', 'Description'], ...memberRows(EVENT)),
  'event-data': table(
    ['`type`', 'Field of `data`', 'Description'],
    ...Object.entries(EVENT_DATA).flatMap(([type, schema]) => memberRows(schema).map((row) => [code(type), ...row])),
  ),
  'request-headers': table(
    ['Header', 'Description'],
    ...Object.entries(REQUEST_HEADERS).map(([name, { description }]) => [code(name), description]),
  ),
  'answer-headers': table(
    ['Header', 'Description', 'In'],
    ...Object.entries(ANSWER_HEADERS).map(([name, { description }]) => [code(name), description, placesOf(name)]),
  ),
  codes: table(
    ['`code`', 'HTTP', 'When'],
    ...Object.entries(PROBLEMS).map(([name, { status, when }]) => [code(name), String(status), when]),
  ),
  types: table(
    ['`type`', '`loc`', 'When'],
    ...Object.entries(VALIDATION_TYPES).map(([name, { at, when }]) => [code(name), at, when]),
  ),
};

/** The answers that can have a header. */
function placesOf(header: string): string {
  const has = ({ headers = [] }: { readonly headers?: readonly string[] }): boolean => headers.includes(header);
  if (has({ headers: REQUIRED_HEADERS })) return 'every answer';
  if (has({ headers: COMMON_HEADERS })) return 'any answer';
  if (header.startsWith('Access-Control-')) return 'preflights';
  const answers = Object.values(OPERATIONS).flatMap(({ answers, method, path }) => {
    const statuses = answers.filter(has).map(({ status }) => status);
    return statuses.length === 0 ? [] : [`${statuses.join(', ')} to ${code(`${method.toUpperCase()} ${path}`)}`];
  });
  const problems = Object.entries(PROBLEMS).flatMap(([name, kind]) => (has(kind) ? [code(name)] : []));
  return [...answers, ...problems].join('; ');
}

/** The page with its tables as they should be. */
function rewritten(page: string): string {
  return Object.entries(TABLES).reduce((text, [name, rows]) => {
    const [before = '', , after] = text.split(new RegExp(`(?<=<!-- ${name} -->)|(?=<!-- /${name} -->)`));
    expect(after, `the marks of the table ${name}`).toBeDefined();
    return `${before}\n\n${rows}\n\n${after}`;
  }, page);
}

/** Cells without the padding that the formatter gives them. */
function withoutPadding(text: string): string {
  return text.replaceAll(/ +\|/g, ' |').replaceAll(/\| +/g, '| ').replaceAll(/-{3,}/g, '---');
}

test('the tables of docs/http-api.md are the definition of the wire', async () => {
  const written = readFileSync(path, 'utf8');
  const page = rewritten(written);
  // Writes the page with -u; otherwise the page as it is formatted counts.
  await expect(withoutPadding(written) === withoutPadding(page) ? written : page).toMatchFileSnapshot(path);
});
