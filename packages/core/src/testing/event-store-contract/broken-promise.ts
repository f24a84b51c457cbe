import { AssertionError } from 'node:assert/strict';
import type { StoreContractCase, StoreHarness } from './case.ts';
import { describeCall, type RecordedCall, recordCalls } from './recorded-store.ts';
import { describeValue, firstDifference, firstLine } from './words.ts';

/** Calls that a message shows: those that were made last. */
const CALLS_SHOWN_MAX = 8;

/** The same, where nothing else says what is wrong. */
const CALLS_SHOWN_INSTEAD_OF_WORDS_MAX = 24;

/** Where a promise is written down. */
export interface Rule {
  /** Port and member, as in the port's types. */
  readonly port: string;
  /** Heading of the page about writing an event store. */
  readonly section: string;
}

/** A case of the contract with where its promise stands. */
export interface RuledCase extends StoreContractCase {
  readonly rule: Rule;
}

/** The page on which the section of each rule stands. */
const PAGE = 'docs/writing-an-event-store.md';

/**
 * The cases of one rule. One that fails says in words what was expected and what was found, what the store was asked
 * last and where the promise stands. Its stack begins where `run` was called, in the tests of the adapter; for what the
 * store threw by itself it is the store's own.
 */
export function underRule(rule: Rule, cases: readonly StoreContractCase[]): readonly RuledCase[] {
  return cases.map(({ title, needs, run }) => ({ title, needs, rule, run: explaining(title, rule, run) }));
}

function explaining(title: string, rule: Rule, run: StoreContractCase['run']): StoreContractCase['run'] {
  return function runCase(given: StoreHarness) {
    const caller: { stack?: string } = {};
    Error.captureStackTrace(caller, runCase);
    const { harness, calls } = recordCalls(given);
    return run(harness).catch((cause: unknown) => {
      throw brokenPromise(title, rule, calls, caller.stack ?? '', cause);
    });
  };
}

function brokenPromise(
  title: string,
  rule: Rule,
  calls: readonly RecordedCall[],
  callerStack: string,
  cause: unknown,
): AssertionError {
  const isVerdict = cause instanceof AssertionError;
  const message = [
    `The store breaks a promise: ${title}.`,
    ...(isVerdict ? wordsOf(cause) : [`the store threw ${describeValue(cause)}`]),
    'Its last calls were',
    ...lastOf(calls, isWordless(cause) ? CALLS_SHOWN_INSTEAD_OF_WORDS_MAX : CALLS_SHOWN_MAX).map(
      (call) => `  ${describeCall(call)}`,
    ),
    `The promise: ${rule.port} in the types of @reservations/core, and ${PAGE}, "${rule.section}".`,
  ].join('\n');
  const error = new AssertionError({ message });
  // Set afterwards: given to the constructor, they would add a second comparison to the message.
  if (isVerdict) [error.actual, error.expected] = [cause.actual, cause.expected];
  error.cause = cause;
  const ownStack = !isVerdict && cause instanceof Error ? cause.stack : undefined;
  error.stack = `${error.name}: ${message}\n${framesOf(ownStack)}${framesOf(callerStack)}`;
  return error;
}

function wordsOf({ message, generatedMessage, actual, expected, operator }: AssertionError): readonly string[] {
  const check = generatedMessage ? [] : [`the check that failed: ${firstLine(message)}`];
  switch (operator) {
    case 'deepStrictEqual':
    case 'strictEqual':
      return [
        ...check,
        `expected  ${describeValue(expected)}`,
        `found     ${describeValue(actual)}`,
        ...(typeof expected === 'object' ? [differenceOf(actual, expected)] : []),
      ];
    case 'rejects':
    case 'throws':
      return actual === undefined
        ? ['expected  that it is refused with an error', 'found     that it was carried out: see the last call']
        : ['expected  another error than was thrown', `found     ${describeValue(actual)}`];
    default:
      return generatedMessage ? ['a check of the case does not hold: see the last calls'] : check;
  }
}

/** A bare condition. */
function isWordless(cause: unknown): boolean {
  return cause instanceof AssertionError && cause.generatedMessage && cause.operator === '==';
}

function differenceOf(actual: unknown, expected: unknown): string {
  return `the first difference: ${firstDifference(actual, expected) ?? 'not in what JSON shows, but in prototypes or in undefined'}`;
}

/** Without the closing that every case ends with. */
function lastOf(calls: readonly RecordedCall[], count: number): readonly RecordedCall[] {
  const end = calls.findLastIndex(({ member }) => !/(^|\.)close$/.test(member));
  return calls.slice(Math.max(0, end + 1 - count), end + 1);
}

/** The lines of a stack that say where, without what. */
function framesOf(stack: string | undefined): string {
  const frames = (stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return frames.map((line) => `${line}\n`).join('');
}
