import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url));

function simulate(...args: readonly string[]): { readonly exitCode: number | null; readonly output: string } {
  const flags = ['--conditions=@reservations/source', MAIN, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, flags, { encoding: 'utf8' });
  return { exitCode: status, output: stdout + stderr };
}

test('healthy seeds end with a summary and exit code 0', () => {
  const { exitCode, output } = simulate('--seeds', '3', '--first-seed', '5');
  expect(output).toMatch(/^seeds 5 to 7\n3 seeds, \d+ steps, .*; 0 violations\n$/);
  expect(exitCode).toBe(0);
});

test('a violated invariant is explained, with the seed that repeats it, and ends with exit code 1', () => {
  const { exitCode, output } = simulate('--bug', 'answer-before-commit', '--seeds', '20');
  expect(output).toContain('violated: 7 (what was answered is durable and stays readable)');
  expect(output).toMatch(/to repeat the whole run: pnpm simulate --seed \d+ --bug answer-before-commit\n/);
  expect(output).toContain('1 violations');
  expect(exitCode).toBe(1);
});

test('one seed prints its whole history, the same in every process', () => {
  const [first, second] = [simulate('--seed', '3'), simulate('--seed', '3')];
  expect(first.output).toMatch(/\nhistory [0-9a-f]{16}\n/);
  expect(second).toEqual(first);
});

test('a bug that does not exist is refused with exit code 2', () => {
  expect(simulate('--bug', 'none')).toEqual({ exitCode: 2, output: 'no bug is called "none"\n' });
});
