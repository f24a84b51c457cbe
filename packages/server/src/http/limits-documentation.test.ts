import { readFileSync } from 'node:fs';
import { maxHeaderSize } from 'node:http';
import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../compose/drivers.ts';
import { JSON_DEPTH_MAX, JSON_VALUES_MAX } from './body/json.ts';
import { STALL_MS } from './pipeline/connection-stalls.ts';
import { WAITING_MAX } from './pipeline/connection-turn.ts';
import { PROBLEMS } from './problems/problems.ts';

const page = readFileSync(new URL('../../../../docs/http-api.md', import.meta.url), 'utf8');
const [, table = ''] = /\n### Limits\n\n([\s\S]*?)\n\n/.exec(page) ?? [];

/** Rows of the table of limits, without its head. */
const rows = table
  .split('\n')
  .slice(2)
  .map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

/** What each row says, from the settings and constants. */
const LIMITS: Readonly<Record<string, string>> = {
  'request line and headers': kib(maxHeaderSize),
  body: withFlags(kib(SERVER_SETTINGS.bodyLimitBytes.default), 'bodyLimitBytes'),
  'nesting of a body': `${JSON_DEPTH_MAX} levels`,
  'values in a body, with those of members and items': count(JSON_VALUES_MAX),
  'time for headers and body to arrive': withFlags(
    seconds(SERVER_SETTINGS.requestTimeoutMs.default),
    'requestTimeoutMs',
  ),
  // What the gateway takes less a part for settlement, 32 at most.
  'reservations under way': withFlags(
    count(SERVER_SETTINGS.paymentConcurrency.default + SERVER_SETTINGS.paymentQueue.default - 32),
    'paymentConcurrency',
    'paymentQueue',
  ),
  'reads of the database under way': '1,024',
  'event streams open': withFlags(count(SERVER_SETTINGS.streamsMax.default), 'streamsMax'),
  connections: withFlags(count(SERVER_SETTINGS.connectionsMax.default), 'connectionsMax'),
  'requests of one connection that wait for the one before them': count(WAITING_MAX),
  'time in which a client takes nothing of an answer that waits': seconds(STALL_MS),
  'time without a request on a connection': withFlags(
    seconds(SERVER_SETTINGS.keepAliveTimeoutMs.default),
    'keepAliveTimeoutMs',
  ),
  'requests of one client': withFlags('no limit', 'rateLimit'),
};

function kib(bytes: number): string {
  return `${bytes / 1_024} KiB`;
}

function seconds(ms: number): string {
  return `${ms / 1_000} s`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}

function withFlags(text: string, ...settings: readonly (keyof typeof SERVER_SETTINGS)[]): string {
  return `${text} (${settings.map((setting) => `\`--${SERVER_SETTINGS[setting].flag}\``).join(', ')})`;
}

test('the limits of docs/http-api.md are those of the code', () => {
  expect(Object.fromEntries(rows.map(([what = '', most]) => [what, most]))).toEqual(LIMITS);
});

test('what is answered beyond them are errors of the API, with their status', () => {
  const answers = rows.flatMap(([, , beyond = '']) => [...beyond.matchAll(/^(\d{3}) `(\w+)`$/g)]);
  expect(answers.length).toBeGreaterThan(7);
  const statuses = new Map(Object.entries(PROBLEMS).map(([code, { status }]) => [code, String(status)]));
  for (const [, status, code = ''] of answers) expect([code, statuses.get(code)]).toEqual([code, status]);
});
