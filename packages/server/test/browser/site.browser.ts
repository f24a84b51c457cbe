import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, SITE } from '@reservations/docs/repository';
import { launchChromium, openPage } from './chromium.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
};

/** Where the site is, below the address of the server. */
const PATH = '/some/path';

let browser: Browser;
let server: Server;
let origin: string;

beforeAll(async () => {
  if (!existsSync(join(root, SITE, 'index.html'))) throw new Error('the site is not built: run pnpm docs:build');
  server = createServer((request, response) => {
    const path = decodeURI(request.url ?? '').split('?')[0] ?? '';
    const file = join(root, SITE, normalize(path.replace(PATH, '')));
    const isFile = path.startsWith(PATH) && existsSync(file) && statSync(file).isFile();
    response.writeHead(isFile ? 200 : 404, { 'Content-Type': TYPES[extname(file)] ?? 'application/octet-stream' });
    response.end(isFile ? readFileSync(file) : 'not found');
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  server.closeAllConnections();
  server.close();
});

/** Runs in the page: the width of its first picture, once it is there. */
const PICTURE_WIDTH = `(() => {
  const picture = document.querySelector('img[alt^="The way of a reservation"]');
  return picture.decode().then(() => picture.naturalWidth);
})()`;

const open = (page: string) => openPage(browser, `${origin}${PATH}/${page}`);

test('the first page shows the way of a reservation, and a search leads to a page of the reference', async () => {
  const { page, faults } = await open('index.html');
  expect(await page.evaluate(PICTURE_WIDTH)).toBe(920);
  await page.locator('.VPNavBarSearch button').first().click();
  await page.locator('#localsearch-input').fill('openSqliteStore');
  const result = page.locator('.VPLocalSearchBox .result').filter({ hasText: '@reservations/core/sqlite' }).first();
  await result.click();
  await page.getByRole('heading', { level: 1, name: '@reservations/core/sqlite' }).waitFor();
  expect(faults).toEqual([]);
});

test('links between pages and to a heading work in the browser', async () => {
  const { page, faults } = await open('http-api.html');
  await page.locator('.VPSidebar').getByRole('link', { name: 'Performance' }).click();
  await page.getByRole('heading', { level: 1, name: 'Performance' }).waitFor();
  await page.locator('.VPSidebar').getByRole('link', { name: '@reservations/server', exact: true }).click();
  await page.getByRole('heading', { level: 1, name: '@reservations/server' }).waitFor();
  expect(faults).toEqual([]);
});

test.each(['architecture.html', 'performance.html', 'decisions/index.html', 'reference/core.html', 'deploy.html'])(
  '%s is no wider than a narrow screen, and loads without faults',
  async (path) => {
    const { page, faults } = await open(path);
    await page.setViewportSize({ width: 390, height: 800 });
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(390);
    expect(faults).toEqual([]);
  },
);

test('the OpenAPI document is part of the site', async () => {
  const { page } = await open('openapi.json');
  expect(JSON.parse(await page.locator('body').innerText())).toMatchObject({ openapi: '3.1.0' });
});

test('a font of another server would be seen', async () => {
  const { page, faults } = await open('index.html');
  await page.evaluate(`
    document.head.append(Object.assign(document.createElement('link'), { rel: 'stylesheet', href: 'http://192.0.2.1/inter.css' }))
  `);
  await expect.poll(() => faults.join('\n')).toMatch(/violates style-src/);
});
