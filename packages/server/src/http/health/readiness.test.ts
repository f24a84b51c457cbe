import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createReadiness } from './readiness.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('why the store cannot be written is told once for each reason in a row, and so is the end of it', async () => {
  let reason: string | null = null;
  const told: unknown[] = [];
  const readiness = createReadiness({
    state: () => 'ready',
    store: { checkWritable: () => (reason === null ? Promise.resolve() : Promise.reject(new Error(reason))) },
    onStoreChange: (fault) => void told.push(fault instanceof Error ? fault.message : fault),
  });
  const answers: string[] = [];
  for (reason of [null, 'disk full', 'disk full', 'permission denied', null, null, 'disk full']) {
    answers.push(await readiness());
    // The store's last answer counts for a while.
    vi.advanceTimersByTime(2_000);
  }
  const no = 'unavailable';
  expect(answers).toEqual(['ready', no, no, no, 'ready', 'ready', no]);
  expect(told).toEqual(['disk full', 'permission denied', null, 'disk full']);
});
