import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { LEASE_MS, SEND_WINDOW_MS } from '../../application/payments/limits.ts';
import { ATTEMPTS_MAX, readOptions } from './options.ts';

test('docs/http-api.md says how long a charge may take', () => {
  const { attemptTimeoutMs, attemptsMax } = readOptions({ host: 'payment-service', port: 1 });
  const page = readFileSync(new URL('../../../../../docs/http-api.md', import.meta.url), 'utf8');
  const window = SEND_WINDOW_MS / 1_000;
  const attempt = attemptTimeoutMs / 1_000;
  expect(page).toMatch(
    new RegExp(
      `an attempt begins within ${window} s of the request, .* and takes ${attempt} s +\\| ${window + attempt} s +\\|`,
    ),
  );
  expect(page).toContain(`At most ${attemptsMax} attempts are made`);
  expect(page).toContain(`are answered with 202 after ${attempt * attemptsMax} to ${window + attempt} s`);
  expect(attemptsMax).toBe(ATTEMPTS_MAX);
  // The attempt that begins last ends before its lease does.
  expect(SEND_WINDOW_MS + attemptTimeoutMs).toBeLessThan(LEASE_MS);
});
