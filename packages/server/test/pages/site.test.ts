import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkSite, loadedFromElsewhere } from '@reservations/docs/check-site';
import { contentSecurityPolicy } from '@reservations/docs/content-security-policy';
import { imagePath, siteLink } from '@reservations/docs/links';
import { docsPage, outsidePage, readPages } from '@reservations/docs/pages';

const REPOSITORY = 'https://github.com/reservations/reservations';
const pages = readPages();

test.each([
  ['docs/feed.md', 'http-api.md#errors', '/http-api.md#errors'],
  ['docs/feed.md', 'ARCHITECTURE.md', '/architecture.md'],
  ['docs/feed.md', 'decisions', '/decisions/index.md'],
  ['docs/decisions/0001-dependencies.md', '../../README.md', '/index.md'],
  ['docs/decisions/0001-dependencies.md', '0002-node-and-typescript.md', '/decisions/0002-node-and-typescript.md'],
  ['docs/http-api.md', 'openapi.json', '/openapi.json'],
  ['README.md', 'docs/feed.md', '/feed.md'],
  ['README.md', 'packages/core', `${REPOSITORY}/tree/main/packages/core`],
  ['docs/sandbox.md', '../compose.yaml', `${REPOSITORY}/blob/main/compose.yaml`],
  ['docs/feed.md', '#subscriptions', '#subscriptions'],
  ['docs/feed.md', 'https://example.com/a.md', 'https://example.com/a.md'],
])('a link of %s to %s leads to %s', (from, link, expected) => {
  expect(siteLink(link, from, pages)).toBe(expected);
});

test('a link to a file that does not exist is a fault', () => {
  expect(() => siteLink('../no.yaml', 'docs/feed.md', pages)).toThrow(
    'docs/feed.md: a link to ../no.yaml, which does not exist',
  );
});

test('pictures are found from the copy of a page that the build makes', () => {
  expect(imagePath('docs/diagrams/a.svg', outsidePage('README.md'))).toBe('../diagrams/a.svg');
  expect(imagePath('diagrams/a.svg', docsPage('ARCHITECTURE.md'))).toBe('./diagrams/a.svg');
});

test.each([
  '<link rel="stylesheet" href="https://fonts.example/css?family=Inter">',
  '<link rel="preconnect" href="//cdn.example">',
  '<script async src="https://analytics.example/a.js"></script>',
  '<img alt="" src="http://img.example/pixel.png">',
  '@font-face { src: url("https://fonts.example/inter.woff2") }',
  '@import "https://fonts.example/inter.css";',
  '<image href="https://img.example/a.png" />',
])('%s is something that a browser loads from elsewhere', (text) => {
  expect(loadedFromElsewhere(text)).toHaveLength(1);
});

test.each([
  '<a href="https://example.com/">a link</a>',
  '<svg xmlns="http://www.w3.org/2000/svg">',
  '<img src="./assets/a.svg">',
  '<code>&lt;img src="https://img.example/a.png"&gt;</code>',
])('%s is not', (text) => {
  expect(loadedFromElsewhere(text)).toEqual([]);
});

test('a built site with a font of another server, a dead link and a dead anchor has three faults', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-site-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const links =
    '<a href="./b.html#there">1</a><a href="./c.html">2</a><a href="./b.html#gone">3</a><a href="#here">4</a>';
  writeFileSync(join(folder, 'a.html'), `<h1 id="here"></h1>${links}`);
  writeFileSync(join(folder, 'b.html'), '<h1 id="there"></h1>');
  writeFileSync(join(folder, 'a.css'), '@font-face { src: url(https://fonts.example/inter.woff2) }');
  expect(checkSite(folder).toSorted()).toEqual([
    'a.css: loads https://fonts.example/inter.woff2',
    'a.html: a dead link: ./b.html#gone',
    'a.html: a dead link: ./c.html',
  ]);
});

test('scripts in a page are allowed by their hash, others only from the site', () => {
  const page = contentSecurityPolicy('<html><head></head><script>a()</script><script src="./b.js"></script></html>');
  expect(page).toMatch(/<head>\s*<meta http-equiv="Content-Security-Policy" content="default-src 'none'; /);
  expect(page.match(/script-src ([^;]*);/)?.[1]).toMatch(/^'self' 'sha256-[\w+/]{43}='$/);
});
