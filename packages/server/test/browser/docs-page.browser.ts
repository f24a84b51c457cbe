import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createMemoryStore } from '@reservations/core/memory';
import { AUTH_MODES, CLIENT_SCOPES } from '../../src/http/pipeline/auth-modes-fixture.ts';
import { startService } from '../../src/http/service-fixture.ts';
import { launchChromium, openPage } from './chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

/** Runs in the page: a script in the page itself, and an image of another server. */
const FORBIDDEN = `
document.body.append(Object.assign(document.createElement('script'), { textContent: 'window.planted = true' }));
document.body.append(Object.assign(document.createElement('img'), { src: 'http://192.0.2.1/pixel.png' }));
`;

/** A proxy that cuts `/booking` off the paths that it passes on, as one before a server with --base-path does. */
async function proxyBelow(port: number): Promise<string> {
  const server: Server = createServer((incoming, outgoing) => {
    const path = (incoming.url ?? '').replace(/^\/booking/, '');
    const passed = send({ port, path, method: incoming.method, headers: incoming.headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(passed);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/booking/docs`;
}

/** Opens the operation that makes a reservation, tries it out, and returns the answer that the page shows. */
async function tryOut(page: Page): Promise<ShownAnswer> {
  const operation = page.locator(MAKES);
  await operation.locator('.opblock-summary-control').click();
  await operation.getByText('Makes a reservation and charges it').first().waitFor();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  return await shownAnswer(page);
}

/** Executes it once more, and returns the new answer. */
async function executeAgain(page: Page): Promise<ShownAnswer> {
  const operation = page.locator(MAKES);
  await operation.getByRole('button', { name: 'Clear' }).click();
  await operation.locator('.live-responses-table').waitFor({ state: 'detached' });
  await operation.getByRole('button', { name: 'Execute' }).click();
  return await shownAnswer(page);
}

const MAKES = '#operations-reservations-create_reservation_reservations_post';

interface ShownAnswer {
  readonly status: string;
  readonly body: string;
}

async function shownAnswer(page: Page): Promise<ShownAnswer> {
  const answer = page.locator(MAKES).locator('.live-responses-table .response');
  await answer.waitFor();
  return {
    status: (await answer.locator('.response-col_status').innerText()).trim().slice(0, 3),
    body: await answer.locator('.highlight-code pre').first().innerText(),
  };
}

/** Types a credential behind *Authorize*. */
async function authorize(page: Page, credential: string): Promise<void> {
  await page.locator('.scheme-container').getByRole('button', { name: 'Authorize' }).click();
  const dialog = page.locator('.dialog-ux');
  await dialog.locator('input').fill(credential);
  await dialog.getByRole('button', { name: 'Apply credentials' }).click();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await dialog.waitFor({ state: 'detached' });
}

test.each([
  ['at the root', (port: number) => Promise.resolve(`http://127.0.0.1:${port}/docs`), ''],
  ['with a slash at its end', (port: number) => Promise.resolve(`http://127.0.0.1:${port}/docs/`), ''],
  ['below a base path', (port: number) => Promise.resolve(`http://127.0.0.1:${port}/booking/docs`), '/booking'],
  ['below a base path that a proxy cuts off', proxyBelow, '/booking'],
] as const)(
  'the page works %s, without a network and within its policy: open, expand, try it out, see the answer',
  async (_, urlFor, basePath) => {
    const service = await startService({ basePath });
    const { page, faults } = await openPage(browser, await urlFor(service.server.port));
    await page.getByRole('heading', { name: 'Reservation Service API' }).waitFor();
    const shown = await page.locator('.opblock-summary-path').allInnerTexts();
    expect(shown.map((text) => text.replaceAll('\u200B', ''))).toEqual([
      '/reservations',
      '/reservations',
      '/reservations/{reservation_id}',
      '/reservations/{reservation_id}/events',
      '/events',
      '/health/live',
      '/health/ready',
      '/health/status',
      '/',
    ]);
    const { status, body } = await tryOut(page);
    expect([status, JSON.parse(body)]).toMatchObject(['200', { status: 'RESERVATION_CONFIRMED', amount: 10.5 }]);
    expect(service.charged).toEqual(['user_123']);
    expect(faults).toEqual([]);
  },
);

test.each(AUTH_MODES)('the page sends a credential that is typed behind Authorize: %s', async (_, open) => {
  const store = createMemoryStore();
  const { auth, credential } = await open(store);
  const service = await startService({ store, auth });
  const { page, faults } = await openPage(browser, `${service.server.url}/docs`);
  const refused = await tryOut(page);
  expect([refused.status, JSON.parse(refused.body)]).toMatchObject(['401', { code: 'unauthenticated' }]);
  expect(service.charged).toEqual([]);
  const { Authorization = '' } = await credential('shop', ...CLIENT_SCOPES);
  await authorize(page, Authorization.slice('Bearer '.length));
  const { status, body } = await executeAgain(page);
  expect([status, JSON.parse(body)]).toMatchObject(['200', { status: 'RESERVATION_CONFIRMED', amount: 10.5 }]);
  expect(service.charged).toEqual(['user_123']);
  // The browser itself reports the refusal.
  expect(faults).toEqual([expect.stringContaining('401 (Unauthorized)')]);
});

test('what the page would not be allowed to do is seen', async () => {
  const { server } = await startService();
  const { page, faults } = await openPage(browser, `${server.url}/docs`);
  await page.evaluate(FORBIDDEN);
  await expect.poll(() => faults.join('\n')).toMatch(/violates img-src/);
  expect(faults.join('\n')).toMatch(/violates script-src/);
  expect(await page.evaluate("'planted' in window")).toBe(false);
});
