import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** Where distributions put Chromium, and where CHROMIUM says it is. */
const CHROMIUM = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Starts an installed Chromium whose network is cut: only 127.0.0.1 is reached. @throws {Error} when there is none. */
export function launchChromium(): Promise<Browser> {
  const executablePath = CHROMIUM.find((path) => path !== undefined && existsSync(path));
  if (executablePath === undefined) throw new Error('no Chromium: install it, or set CHROMIUM to the path of one');
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1',
    ],
  });
}

/** Runs in the page. */
const REPORT_VIOLATIONS = `
document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
  console.error('violates ' + violatedDirective + ': ' + blockedURI));
`;

/** A page, and what went wrong on it: errors, warnings, violations of its policy, requests elsewhere or without answer. */
export interface OpenedPage {
  readonly page: Page;
  readonly faults: readonly string[];
}

/** Opens an address for the time of a test. */
export async function openPage(browser: Browser, url: string): Promise<OpenedPage> {
  const page = await browser.newPage();
  onTestFinished(() => page.close());
  const { origin } = new URL(url);
  const faults: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
  });
  page.on('pageerror', (error) => faults.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith('data:') && new URL(request.url()).origin !== origin) faults.push(request.url());
  });
  page.on('requestfailed', (request) => faults.push(`${request.url()}: ${request.failure()?.errorText}`));
  await page.addInitScript({ content: REPORT_VIOLATIONS });
  await page.goto(url);
  return { page, faults };
}
