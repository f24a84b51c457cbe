import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { stripTypeScriptTypes } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { APPROVED, NOT_SENT, type Service, startService } from '../../src/http/service-fixture.ts';
import { launchChromium } from './chromium.ts';

let browser: Browser;

beforeAll(async () => {
  browser = await launchChromium();
});

afterAll(() => browser.close());

/** Makes a reservation, follows its events, and reads a refusal. */
const PROGRAM = `
const { createClient } = await import(origin + '/index.ts');
const client = createClient({ baseUrl, token: 'token' });
const made = await client.createAndWait({ user_id: 'ada', amount: 10.5 });
const refusal = await client.create({ user_id: '', amount: 10.5 }).catch(({ name, code }) => name + ' ' + code);
const types = [];
for await (const { type } of client.events({ after: 0 })) if (types.push(type) >= 2) break;
return [made.outcome, refusal, types.slice(0, 2).join()];
`;

const EXPECTED = ['ReservationsApiError validation_failed', 'RESERVATION_CREATED,RESERVATION_CONFIRMED'];

/** Serves an empty page, a worker, and the files of the client without their types. */
async function startPages(service: Service): Promise<string> {
  const given = `const baseUrl = '${service.server.url}'; const origin = location.origin;`;
  const worker = `${given} postMessage(await (async () => { ${PROGRAM} })());`;
  const textOf = async (path: string): Promise<string> => {
    if (path === '/worker.js') return worker;
    return /^\/[\w-]+\.ts$/.test(path) ? await sourceOf(path) : '<!doctype html>';
  };
  const server = createServer(({ url: path = '/' }, response) => {
    response.setHeader('Content-Type', path === '/' ? 'text/html' : 'text/javascript');
    void textOf(path).then((text) => response.end(text));
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function sourceOf(path: string): Promise<string> {
  return stripTypeScriptTypes(await readFile(new URL(`../../src/client${path}`, import.meta.url), 'utf8'));
}

test('the client works on a page of another origin', async () => {
  const service = await startService();
  const origin = await startPages(service);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(origin);
  const run = `(async () => { const origin = '${origin}'; const baseUrl = '${service.server.url}'; ${PROGRAM} })()`;
  expect(await page.evaluate(run)).toEqual(['confirmed', ...EXPECTED]);
  service.payment(NOT_SENT);
  // The pause that the service asks for is the proof that nothing was charged: the page has to see the header.
  expect(await page.evaluate(run.replace("user_id: 'ada'", "user_id: 'bob'"))).toEqual(['not-sent', ...EXPECTED]);
});

test('the client works in a worker', async () => {
  const service = await startService();
  service.payment(APPROVED);
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  await page.goto(await startPages(service));
  const run = `new Promise((resolve, reject) => {
    const worker = new Worker('/worker.js', { type: 'module' });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = ({ message }) => reject(new Error(message));
  })`;
  expect(await page.evaluate(run)).toEqual(['confirmed', ...EXPECTED]);
});
