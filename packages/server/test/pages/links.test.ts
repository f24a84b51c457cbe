import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { brokenLinks } from './links.ts';
import { pages, root } from './snippets.ts';

test('every link of the pages leads to a file and a heading', () => {
  const broken = pages().flatMap((page) =>
    brokenLinks(page, readFileSync(join(root, page), 'utf8')).map((link) => `${page}: ${link}`),
  );
  expect(broken).toEqual([]);
});

test('every path in the page on contributing exists', () => {
  const text = readFileSync(join(root, 'CONTRIBUTING.md'), 'utf8');
  const paths = [...text.matchAll(/`((?:packages|docs|examples)\/[^`\s]+)`/g)].map(([, path = '']) => path);
  expect(paths.length).toBeGreaterThan(15);
  expect(paths.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('links to a file or a heading that does not exist are found, others are not', () => {
  const text = [
    '# The page, and `more`',
    '[a](no.md) [b](feed.md) [c](feed.md#no-such) [d](#the-page-and-more) [e](#the-page) [f](https://x.test/no.md)',
    '```\n[g](no.md)\n```',
    '[h](../packages/core) [i](../packages/core#x)',
  ].join('\n');
  expect(brokenLinks('docs/page.md', text)).toEqual(['no.md', 'feed.md#no-such', '#the-page', '../packages/core#x']);
});
