import { describe, expect, test } from 'vitest';
import { judgeRun } from './vitest-report.mjs';

const fine = { exitCode: 0, signal: null, output: 'what vitest printed' };
const file = (status: string, ...tests: readonly string[]): object => ({
  status,
  assertionResults: tests.map((each) => ({ status: each })),
});
const reportOf = (...testResults: readonly object[]): string => JSON.stringify({ testResults });

describe('a run with a report', () => {
  test('is counted test by test; a skipped test and a file that cannot be loaded are failures', () => {
    const report = reportOf(file('failed', 'passed', 'failed', 'skipped'), file('passed', 'passed'), file('failed'));
    expect(judgeRun({ ...fine, exitCode: 1, report })).toEqual({ passed: 2, failed: 3, output: fine.output });
  });

  test('that failed although every test passed has one failure, and says so', () => {
    const report = reportOf(file('passed', 'passed'));
    expect(judgeRun({ ...fine, exitCode: 1, report })).toEqual({
      passed: 1,
      failed: 1,
      output:
        'what vitest printed\nvitest failed with exit code 1, though every test passed: an error outside of the tests, see above\n',
    });
  });
});

describe('a run in which vitest itself died', () => {
  test.each([
    [
      { exitCode: 137, signal: 'SIGKILL', report: null },
      'it ended with signal SIGKILL and left no report; SIGKILL often means that the machine ran out of memory',
    ],
    [{ exitCode: 134, signal: 'SIGABRT', report: null }, 'it ended with signal SIGABRT and left no report'],
    [
      { exitCode: 1, signal: null, report: '{"testResults":[' },
      'it ended with exit code 1 and left a report that is no JSON (16 characters)',
    ],
    [{ exitCode: 0, signal: null, report: null }, 'it ended with exit code 0 and left no report'],
  ])('is one failure that says why: %j', (run, reason) => {
    const output = `what vitest printed\nvitest itself died: ${reason}\n`;
    expect(judgeRun({ ...fine, ...run })).toEqual({ passed: 0, failed: 1, output });
  });
});
