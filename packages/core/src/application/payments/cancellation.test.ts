import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { createCancellation } from './cancellation.ts';

const signalOf = (signal: AbortSignal): Promise<AbortSignal> => Promise.resolve(signal);

test('work under way, and work that begins later, is cancelled', async () => {
  const { during, cancel } = createCancellation();
  const ended = await during(undefined, signalOf);
  const working = during(undefined, async (signal) => {
    expect(signal.aborted).toBe(false);
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    return 'cancelled';
  });
  cancel();
  expect(await working).toBe('cancelled');
  expect((await during(undefined, signalOf)).aborted).toBe(true);
  expect(ended.aborted).toBe(false);
});

test('work is cancelled by a signal of its own, also by one that aborted before', async () => {
  const { during } = createCancellation();
  const own = new AbortController();
  const other = during(undefined, async (signal) => {
    await Promise.resolve();
    return signal.aborted;
  });
  const working = during(own.signal, async (signal) => {
    own.abort();
    return Promise.resolve(signal.aborted);
  });
  expect([await working, await other]).toEqual([true, false]);
  expect((await during(own.signal, signalOf)).aborted).toBe(true);
});

test('work that has ended, also by a failure, leaves nothing in its own signal', async () => {
  const { during } = createCancellation();
  const { signal } = new AbortController();
  await during(signal, signalOf);
  await expect(during(signal, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
