import { getEventListeners } from 'node:events';
import { expect, test } from 'vitest';
import { eitherSignal } from './either-signal.ts';

test.each([0, 1])('aborts when signal %i of the two does, now or before', (index) => {
  const controllers = [new AbortController(), new AbortController()] as const;
  const combine = (): AbortSignal => eitherSignal(controllers[0].signal, controllers[1].signal).signal;
  const signal = combine();
  expect(signal.aborted).toBe(false);
  controllers[index]?.abort();
  expect(signal.aborted).toBe(true);
  expect(combine().aborted).toBe(true);
});

test('a released signal leaves nothing in the others', () => {
  const [lasting, own] = [new AbortController().signal, new AbortController().signal];
  const { release } = eitherSignal(lasting, own);
  expect(getEventListeners(lasting, 'abort')).toHaveLength(1);
  release();
  expect([...getEventListeners(lasting, 'abort'), ...getEventListeners(own, 'abort')]).toEqual([]);
});

test('a request without a signal has that of the engine', () => {
  const { signal } = new AbortController();
  expect(eitherSignal(signal, undefined).signal).toBe(signal);
});
