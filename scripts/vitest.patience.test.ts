import { describe, expect, test, vi } from 'vitest';

/** Longer than vitest's own default of one second. */
const LATE_MS = 1_300;

function isLate(): () => boolean {
  const startedAt = performance.now();
  return () => performance.now() - startedAt > LATE_MS;
}

describe.concurrent('what comes only after a second is waited for', () => {
  test('by expect.poll', async () => {
    await expect.poll(isLate()).toBe(true);
  });

  test('by vi.waitFor', async () => {
    const late = isLate();
    await vi.waitFor(() => expect(late()).toBe(true));
    await vi.waitFor(() => expect(late()).toBe(true), { interval: 10 });
  });

  test('by vi.waitUntil', async () => {
    await vi.waitUntil(isLate());
  });
});

test('a test that names its own patience keeps it', async () => {
  await expect(vi.waitFor(() => expect(1).toBe(2), 50)).rejects.toThrow('expected 1 to be 2');
  await expect(vi.waitFor(() => expect(1).toBe(2), { timeout: 50 })).rejects.toThrow('expected 1 to be 2');
});
