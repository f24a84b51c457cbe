import { createServer, request as send, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
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
async function tryOut(page: Page): Promise<{ readonly status: string; readonly body: string }> {
  const operation = page.locator('#operations-reservations-create_reservation_reservations_post');
  await operation.locator('.opblock-summary-control').click();
  await operation.getByText('Makes a reservation and charges it').first().waitFor();
  await operation.getByRole('button', { name: 'Try it out' }).click();
  await operation.getByRole('button', { name: 'Execute' }).click();
  const answer = operation.locator('.live-responses-table .response');
  await answer.waitFor();
  return {
    status: (await answer.locator('.response-col_status').innerText()).trim().slice(0, 3),
    body: await answer.locator('.highlight-code pre').first().innerText(),
  };
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

test('what the page would not be allowed to do is seen', async () => {
  const { server } = await startService();
  const { page, faults } = await openPage(browser, `${server.url}/docs`);
  await page.evaluate(FORBIDDEN);
  await expect.poll(() => faults.join('\n')).toMatch(/violates img-src/);
  expect(faults.join('\n')).toMatch(/violates script-src/);
  expect(await page.evaluate("'planted' in window")).toBe(false);
});
