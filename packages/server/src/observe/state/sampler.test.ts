import { createMemoryStore } from '@reservations/core/memory';
import type { ReservationStore } from '@reservations/core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createSampler, SAMPLE_INTERVAL_MS } from './sampler.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a store is read at once and then at an interval, and reading from the sampler waits for nothing', async () => {
  const store = createMemoryStore();
  const checkWritable = vi.spyOn(store, 'checkWritable');
  const sampler = createSampler({ store });
  expect(sampler.latest().writable).toEqual({ value: null, atMs: null, fault: null });
  sampler.start();
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  expect(sampler.latest().writable).toMatchObject({ value: true, fault: null });
  expect(sampler.latest().openPayments.value).toEqual({
    processing: { count: 0, oldestAtMs: null },
    unresolved: { count: 0, oldestAtMs: null },
    escalated: { count: 0, oldestAtMs: null },
  });
  expect(sampler.latest().subscriptions.value).toEqual([]);
  await vi.advanceTimersByTimeAsync(2 * SAMPLE_INTERVAL_MS);
  expect(checkWritable).toHaveBeenCalledTimes(3);
  await sampler.stop();
  await vi.advanceTimersByTimeAsync(2 * SAMPLE_INTERVAL_MS);
  expect(checkWritable).toHaveBeenCalledTimes(3);
});

test('a part that cannot be read keeps its value and time, says why, and the other parts are read', async () => {
  const store = createMemoryStore();
  const sampler = createSampler({ store });
  sampler.start();
  await vi.advanceTimersByTimeAsync(0);
  const before = sampler.latest();
  vi.spyOn(store, 'checkWritable').mockRejectedValue(new Error('disk full'));
  await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
  const after = sampler.latest();
  expect(after.writable).toEqual({ ...before.writable, fault: 'disk full' });
  expect(after.openPayments.atMs).toBeGreaterThan(before.openPayments.atMs ?? Infinity);
  expect(sampler.failures()).toBe(1);
  await sampler.stop();
});

test('a store that hangs is not asked again until it answers', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const store: ReservationStore = { ...createMemoryStore(), checkWritable: vi.fn(() => promise) };
  const sampler = createSampler({ store });
  sampler.start();
  await vi.advanceTimersByTimeAsync(10 * SAMPLE_INTERVAL_MS);
  expect(store.checkWritable).toHaveBeenCalledTimes(1);
  resolve();
  await vi.advanceTimersByTimeAsync(SAMPLE_INTERVAL_MS);
  expect(store.checkWritable).toHaveBeenCalledTimes(2);
  await sampler.stop();
});
