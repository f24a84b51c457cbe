import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { API_KEYS_LIMIT_MAX } from '../src/ports/api-keys.ts';
import { EVENTS_PER_APPEND_MAX, READ_LIMIT_MAX } from '../src/ports/event-store.ts';
import type { Observation } from '../src/ports/observer.ts';
import { TAKE_LIMIT_MAX } from '../src/ports/due-work.ts';
import { COUNT_MAX, PAGE_LIMIT_MAX } from '../src/ports/reservation-view.ts';
import { SUBSCRIPTIONS_LIMIT_MAX } from '../src/ports/subscriptions.ts';
import { REPAIR_ROWS_MAX } from '../src/ports/admin/view-repair.ts';
import { reservationStoreContract } from '../src/testing/event-store-contract/contract.ts';
import { FAULT_KINDS } from '../src/sandbox/faults.ts';
import { MAGIC_USERS } from '../src/sandbox/magic-users.ts';

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
  'payment-certificates': 'alarm',
  contradiction: 'alarm',
  'subscription-stopped': 'alarm',
  'subscription-skipped': 'alarm',
  'store-alarm': 'alarm',
  'appends-committed': '',
  'attempt-ended': '',
  'charge-ended': '',
  'charge-fault': '',
  'settlement-fault': '',
  'settlement-looked': '',
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

const writingAStore = readFileSync(new URL('../../../docs/writing-an-event-store.md', import.meta.url), 'utf8');

test('the page about writing an event store has a section for every rule of the contract', () => {
  const sections = new Set(reservationStoreContract.map(({ rule }) => rule.section));
  const headings = new Set([...writingAStore.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading));
  expect([...sections].filter((section) => !headings.has(section))).toEqual([]);
});

test('the page about writing an event store names every bound of an argument with its value', () => {
  const bounds = {
    EVENTS_PER_APPEND_MAX,
    READ_LIMIT_MAX,
    PAGE_LIMIT_MAX,
    COUNT_MAX,
    REPAIR_ROWS_MAX,
    TAKE_LIMIT_MAX,
    SUBSCRIPTIONS_LIMIT_MAX,
    API_KEYS_LIMIT_MAX,
  };
  for (const [name, bound] of Object.entries(bounds)) {
    expect(writingAStore).toContain(` to ${bound.toLocaleString('en')} (\`${name}\`)`);
  }
});

/** The page that lists every case. "vitest run packages/core/test/docs.test.ts -u" writes it. */
const CONTRACT_PAGE = '../../../docs/store-contract.md';

test('the page about the contract lists every case by its section', async () => {
  const lines = [
    '# The contract of a store',
    '',
    `What \`reservationStoreContract\` of \`@reservations/core/testing\` asks of every store, ${reservationStoreContract.length} cases by the sections of [Writing an event store](writing-an-event-store.md).`,
  ];
  let last = '';
  for (const { title, needs, rule } of reservationStoreContract) {
    const heading = `## ${rule.section}: \`${rule.port}\``;
    if (heading !== last) lines.push('', heading, '');
    last = heading;
    lines.push(`- ${title}${needs === 'nothing' ? '' : ` (needs \`${needs}\`)`}`);
  }
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot(CONTRACT_PAGE);
});

test('the page about the sandbox names every fault', () => {
  for (const kind of FAULT_KINDS) expect(page).toContain(`\`${kind}\``);
});
