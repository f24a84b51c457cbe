import { expect, test } from 'vitest';
import { combineObservers, toObserver } from './combine-observers.ts';
import type { Observation, Observer } from './observer.ts';

const seen: Observation = { kind: 'subscription-lost', subscription: 'mails' };

function recorder(): { readonly observer: Observer; readonly heard: readonly Observation[] } {
  const heard: Observation[] = [];
  return { observer: (observation) => heard.push(observation), heard };
}

const throwing: Observer = () => {
  throw new Error('the log is full');
};

test('every observer receives every observation, in the order in which they were given', () => {
  const order: string[] = [];
  combineObservers(
    () => order.push('first'),
    () => order.push('second'),
  )(seen);
  expect(order).toEqual(['first', 'second']);
});

test('one that throws or rejects does not keep the others from hearing', async () => {
  const { observer, heard } = recorder();
  const rejecting = (async () => {
    throw new Error('the socket is closed');
  }) as Observer;
  expect(() => combineObservers(throwing, rejecting, observer)(seen)).not.toThrow();
  expect(heard).toEqual([seen]);
  // An unhandled rejection would end the test run.
  await new Promise((resolve) => setImmediate(resolve));
});

test('an option takes one observer, several or none, and none of them can throw', () => {
  const { observer, heard } = recorder();
  for (const option of [undefined, [], throwing, observer, [throwing, observer]]) toObserver(option)(seen);
  expect(heard).toEqual([seen, seen]);
});
