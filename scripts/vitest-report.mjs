/**
 * Judges a run of vitest by its JSON report and its end. Counts tests one by one; a file that cannot be loaded and an
 * error outside of any test count as a failure each. A run that ended without a whole report counts as one failure,
 * and `output` says how it ended.
 *
 * @param {{ exitCode: number, signal: string | null, output: string, report: string | null }} run
 */
export function judgeRun({ exitCode, signal, output, report }) {
  const parsed = parse(report);
  const { passed, failed } = parsed === null ? { passed: 0, failed: 0 } : count(parsed);
  const isUnexplained = (exitCode !== 0 || parsed === null) && failed === 0;
  if (!isUnexplained) return { passed, failed, output };
  return { passed, failed: 1, output: `${output.trimEnd()}\n${explain(exitCode, signal, report, parsed)}\n` };
}

function explain(exitCode, signal, report, parsed) {
  const end = signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
  if (parsed !== null)
    return `vitest failed with ${end}, though every test passed: an error outside of the tests, see above`;
  const left = report === null ? 'no report' : `a report that is no JSON (${report.length} characters)`;
  const memory = signal === 'SIGKILL' ? '; SIGKILL often means that the machine ran out of memory' : '';
  return `vitest itself died: it ended with ${end} and left ${left}${memory}`;
}

function parse(report) {
  try {
    return report === null ? null : JSON.parse(report);
  } catch {
    return null;
  }
}

/** A skipped test counts as failed: what is not run proves nothing. */
function count({ testResults }) {
  const tests = testResults.flatMap(({ assertionResults }) => assertionResults);
  const passed = tests.filter(({ status }) => status === 'passed').length;
  const unloaded = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0,
  );
  return { passed, failed: tests.length - passed + unloaded.length };
}
