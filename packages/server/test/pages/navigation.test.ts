import { join } from 'node:path';
import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NAVIGATION } from '@reservations/docs/navigation';
import { decisionFiles, readPages } from '@reservations/docs/pages';
import { readEntries } from '@reservations/docs/reference/entries';
import { pages, root } from './snippets.ts';

const shown = readPages();

test('every page of docs has its place in docs/.vitepress/navigation.ts, and every place has its page', () => {
  const inDocs = pages().filter((page) => page.startsWith('docs/'));
  const placed = shown.map(({ source }) => source).filter((source) => source.startsWith('docs/'));
  expect(placed.toSorted()).toEqual(inDocs.toSorted());
});

test('pages outside docs that the site shows exist', () => {
  const outside = NAVIGATION.flatMap((section) => section.outside ?? []);
  expect(outside.filter((path) => !existsSync(join(root, path)))).toEqual([]);
});

test('no two pages have one address', () => {
  const routes = shown.map(({ route }) => route);
  expect(routes.filter((route, index) => routes.indexOf(route) !== index)).toEqual([]);
});

test('decisions follow each other by number', () => {
  expect(decisionFiles().slice(0, 2)).toEqual([
    'decisions/0001-dependencies.md',
    'decisions/0002-node-and-typescript.md',
  ]);
});

test('the reference has a page for each entry of both packages', () => {
  const entries = readEntries();
  expect(entries.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['@reservations/core', '@reservations/core/sqlite', '@reservations/server']),
  );
  expect(entries.filter(({ source }) => !existsSync(join(root, source)))).toEqual([]);
  expect(new Set(entries.map(({ page }) => page)).size).toBe(entries.length);
});
