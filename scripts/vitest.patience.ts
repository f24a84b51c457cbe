/**
 * Patience of tests that wait for something. `vi.waitFor` and `vi.waitUntil` give up after one second by default and
 * have no setting; on a loaded machine that is too soon. `expect.poll` has a setting: see vitest.config.ts.
 */
import { vi } from 'vitest';
// Not from the configuration, which loads vite: a third of a second for each test file.
import { PATIENCE_MS } from './vitest.patience-ms.ts';

const { waitFor, waitUntil } = vi;

function patient(options: number | { readonly timeout?: number; readonly interval?: number } = {}): {
  readonly timeout?: number;
} {
  return typeof options === 'number' ? { timeout: options } : { timeout: PATIENCE_MS, ...options };
}

vi.waitFor = (callback, options) => waitFor(callback, patient(options));
vi.waitUntil = (callback, options) => waitUntil(callback, patient(options));
