import { afterEach, expect, test } from 'vitest';
import { withoutStackTrace } from './without-stack-trace.ts';

const property = Object.getOwnPropertyDescriptor(Error, 'stackTraceLimit');

afterEach(() => {
  Object.defineProperty(Error, 'stackTraceLimit', property ?? {});
});

/** Frames in the stack trace of an error. */
function framesOf({ stack = '' }: Error): number {
  return stack.split('\n').filter((line) => line.trimStart().startsWith('at ')).length;
}

test('an error has no stack trace inside, and one again behind it', () => {
  expect(framesOf(withoutStackTrace(() => new Error('inside')))).toBe(0);
  expect(framesOf(new Error('behind'))).toBeGreaterThan(0);
  const thrown = new Error('outside');
  const failing = (): never => {
    throw thrown;
  };
  expect(() => withoutStackTrace(failing)).toThrow(thrown);
  expect(framesOf(new Error('behind'))).toBeGreaterThan(0);
});

test('where intrinsics are frozen, the code runs with stack traces', () => {
  Object.defineProperty(Error, 'stackTraceLimit', { value: 10, writable: false, configurable: true });
  expect(framesOf(withoutStackTrace(() => new Error('inside')))).toBeGreaterThan(0);
});
