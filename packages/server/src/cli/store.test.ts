import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REQUEST_TIMEOUT_MS } from '../server.ts';
import { describeStore, SERVING_TIMEOUTS } from './store.ts';

test.each([
  ['./reservations.db', './reservations.db'],
  [':memory:', ':memory:'],
  [
    'postgres://ada:secret@db.internal:5433/shop?sslmode=require&application_name=secret',
    'postgres://ada@db.internal:5433/shop',
  ],
  ['postgres:///shop?host=/run/postgresql&user=ada&password=secret', 'postgres://ada@%2Frun%2Fpostgresql/shop'],
  ['postgres://ada:secret@db.internal/shop?passwort=secret', 'PostgreSQL'],
  ['postgresql://db.internal/shop', 'postgres://db.internal/shop'],
  ['postgres://a b:secret@', 'PostgreSQL'],
])('the database of %s is shown as %s', (db, expected) => {
  expect(describeStore(db)).toBe(expected);
});

test('docs/http-api.md says how long a request waits for a database that is away', () => {
  const { connectTimeoutMs, statementTimeoutMs } = SERVING_TIMEOUTS;
  // For the commit under way, a connection and a statement, with the driver's own patience, and 1 s of sending it again.
  const longestMs = statementTimeoutMs + connectTimeoutMs + statementTimeoutMs + 500 + 1_000;
  const seconds = Math.ceil(longestMs / 1_000);
  const page = readFileSync(new URL('../../../../docs/http-api.md', import.meta.url), 'utf8');
  expect(page).toMatch(new RegExp(`recording the reservation, .* +\\| ${seconds} s +\\|`));
  expect(page).toMatch(new RegExp(`recording what came of it: ${seconds} s more .* +\\| ${17 + seconds} s +\\|`));
  expect(page).toContain(`headers and body may take ${REQUEST_TIMEOUT_MS / 1_000} s themselves`);
});
