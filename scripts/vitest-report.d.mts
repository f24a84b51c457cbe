/** How a run of vitest ended, and its JSON report if it left one. */
export interface VitestRun {
  readonly exitCode: number;
  readonly signal: string | null;
  readonly output: string;
  readonly report: string | null;
}

/** Judges a run; see vitest-report.mjs. */
export function judgeRun(run: VitestRun): {
  readonly passed: number;
  readonly failed: number;
  readonly output: string;
};
