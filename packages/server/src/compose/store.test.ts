import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { REQUEST_TIMEOUT_MS } from '../config/http-defaults.ts';
import { SERVING_TIMEOUTS } from './store.ts';

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
