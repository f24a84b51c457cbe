import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { AnySetting } from '../settings.ts';
import { EVENTS_SETTINGS } from './events.ts';
import { MIGRATE_STORE_SETTINGS } from './migrate-store.ts';
import { MIGRATE_PRINT_SETTINGS } from './migrate-print.ts';
import { MIGRATE_STATUS_SETTINGS } from './migrate-status.ts';
import { MIGRATE_UP_SETTINGS } from './migrate-up.ts';
import { PAYMENTS_CHECK_SETTINGS } from './payments-check.ts';
import { PAYMENTS_OPEN_SETTINGS } from './payments-open.ts';
import { PAYMENTS_RESOLVE_SETTINGS } from './payments-resolve.ts';
import { RECONCILE_SETTINGS } from './reconcile.ts';
import { SUBSCRIPTIONS_RESUME_SETTINGS } from './subscriptions-resume.ts';
import { SUBSCRIPTIONS_SETTINGS } from './subscriptions.ts';
import { VERIFY_SETTINGS } from './verify.ts';
import { VIEW_REBUILD_SETTINGS } from './view-rebuild.ts';

const page = readFileSync(new URL('../../../../docs/operations.md', import.meta.url), 'utf8');

test.each([
  ['payments open', PAYMENTS_OPEN_SETTINGS],
  ['payments resolve', PAYMENTS_RESOLVE_SETTINGS],
  ['payments check', PAYMENTS_CHECK_SETTINGS],
  ['reconcile', RECONCILE_SETTINGS],
  ['events', EVENTS_SETTINGS],
  ['subscriptions', SUBSCRIPTIONS_SETTINGS],
  ['subscriptions resume', SUBSCRIPTIONS_RESUME_SETTINGS],
  ['verify', VERIFY_SETTINGS],
  ['migrate-store', MIGRATE_STORE_SETTINGS],
  ['view repair', VIEW_REBUILD_SETTINGS],
  ['migrate up', MIGRATE_UP_SETTINGS],
  ['migrate status', MIGRATE_STATUS_SETTINGS],
  ['migrate print', MIGRATE_PRINT_SETTINGS],
])('docs/operations.md shows %s with each of its options, and with no other', (name, settings) => {
  const [synopsis = ''] = new RegExp(`^\`${name} [^\`]*\``, 'm').exec(page) ?? [];
  const documented = [...synopsis.matchAll(/--([a-z-]+)(?: ([A-Z]+))?/g)].map(([option]) => option);
  const options = Object.values<AnySetting>(settings).map(({ flag, value }) =>
    value === null ? `--${flag}` : `--${flag} ${value}`,
  );
  expect(new Set(documented)).toEqual(new Set(options));
});
