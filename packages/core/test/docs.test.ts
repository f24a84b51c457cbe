import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
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

test('the page about the sandbox names every fault', () => {
  for (const kind of FAULT_KINDS) expect(page).toContain(`\`${kind}\``);
});
