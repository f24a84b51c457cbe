import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Observation } from '../src/ports/observer.ts';
import { FAULT_KINDS } from '../src/testing/sandbox/faults.ts';
import { MAGIC_USERS } from '../src/testing/sandbox/magic-users.ts';

const page = readFileSync(new URL('../../../docs/sandbox.md', import.meta.url), 'utf8');

test('the page about the sandbox lists every magic user with what it does', () => {
  const listed = page.split('\n').flatMap((line) => {
    const [, prefix, description] = /^\| `(user_\w+)` +\| (.*?) +\|$/.exec(line) ?? [];
    return prefix === undefined ? [] : [[prefix, description]];
  });
  expect(listed).toEqual(MAGIC_USERS.map(({ prefix, description }) => [prefix, description]));
});

const operations = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/** Complete by its type. */
const OBSERVATIONS: Readonly<Record<Observation['kind'], 'alarm' | ''>> = {
  'payment-escalated': 'alarm',
  'payment-misconfigured': 'alarm',
  contradiction: 'alarm',
  'subscription-stopped': 'alarm',
  'subscription-skipped': 'alarm',
  'charge-ended': '',
  'charge-fault': '',
  'settlement-fault': '',
  'lease-lost': '',
  'subscription-retry': '',
  'subscription-lost': '',
  'feed-fault': '',
};

test('the page about operations lists every observation, and which of them are alarms', () => {
  const [, section = ''] = operations.split('\n### In an application of your own\n');
  const rows = [...section.matchAll(/^\| `([a-z-]+)` +\| (alarm|) *\| \S/gm)];
  expect(Object.fromEntries(rows.map(([, kind, alarm]) => [kind, alarm]))).toEqual(OBSERVATIONS);
});

test('the page about the sandbox names every fault', () => {
  for (const kind of FAULT_KINDS) expect(page).toContain(`\`${kind}\``);
});
