import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createWakeRounds } from './wake-rounds.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'setImmediate', 'performance'] }));
afterEach(() => void vi.useRealTimers());

/** So many readers, which count how often they are woken. */
function makeReaders(count: number) {
  let woken = 0;
  const readers = new Set(Array.from({ length: count }, () => () => void (woken += 1)));
  return { wakeSoon: createWakeRounds(readers), readers, woken: () => woken };
}

test('a reader is woken at once, and once for all that comes in a turn', async () => {
  const { wakeSoon, woken } = makeReaders(1);
  wakeSoon();
  wakeSoon();
  expect(woken()).toBe(0);
  await vi.advanceTimersByTimeAsync(0);
  expect(woken()).toBe(1);
});

test('few of many readers are woken in one turn', () => {
  const { wakeSoon, woken } = makeReaders(60);
  const seen: number[] = [];
  wakeSoon();
  for (let turn = 0; turn < 3; turn += 1) {
    vi.advanceTimersToNextTimer();
    seen.push(woken());
  }
  expect(seen).toEqual([25, 50, 60]);
});

test('rounds pause as long as there are readers: 50 ms for a thousand', async () => {
  const { wakeSoon, woken } = makeReaders(1_000);
  wakeSoon();
  // A turn is a millisecond of this clock.
  await vi.advanceTimersByTimeAsync(45);
  expect(woken()).toBe(1_000);
  wakeSoon();
  wakeSoon();
  await vi.advanceTimersByTimeAsync(4);
  expect(woken()).toBe(1_000);
  await vi.advanceTimersByTimeAsync(45);
  expect(woken()).toBe(2_000);
});
