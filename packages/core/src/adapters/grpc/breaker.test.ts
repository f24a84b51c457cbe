import { CircuitState } from 'cockatiel';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLastingFailuresBreaker } from './breaker.ts';

const { Closed, HalfOpen } = CircuitState;
const options = { failuresMax: 3, lastingMs: 500 };

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});

afterEach(() => {
  vi.useRealTimers();
});

test('a row of failures opens the breaker once it has lasted', () => {
  const breaker = createLastingFailuresBreaker(options);
  expect([breaker.failure(Closed), breaker.failure(Closed), breaker.failure(Closed)]).toEqual([false, false, false]);
  vi.advanceTimersByTime(499);
  expect(breaker.failure(Closed)).toBe(false);
  vi.advanceTimersByTime(1);
  expect(breaker.failure(Closed)).toBe(true);
});

test('a row that lasted but is short does not', () => {
  const breaker = createLastingFailuresBreaker(options);
  breaker.failure(Closed);
  vi.advanceTimersByTime(60_000);
  expect(breaker.failure(Closed)).toBe(false);
  expect(breaker.failure(Closed)).toBe(true);
});

test('a success ends the row', () => {
  const breaker = createLastingFailuresBreaker(options);
  for (let burst = 0; burst < 10; burst += 1) {
    for (let call = 0; call < 20; call += 1) expect(breaker.failure(Closed)).toBe(false);
    breaker.success(Closed);
    vi.advanceTimersByTime(400);
  }
});

test('a probe that fails opens it again', () => {
  expect(createLastingFailuresBreaker(options).failure(HalfOpen)).toBe(true);
});
