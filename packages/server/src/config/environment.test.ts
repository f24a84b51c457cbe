import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const SOURCE = join(import.meta.dirname, '..');

/** The environment of the process, or one of its variables by name. */
const ENVIRONMENT =
  /process\s*(?:\??\.\s*|\[\s*['"])env\b|\{[^}]*\benv\b[^}]*\}\s*=\s*process\b|\benv\[['"]|from 'node:process'/;

test('config/environment.ts alone reads the environment', () => {
  const readers = globSync('**/*.ts', { cwd: SOURCE })
    .filter((path) => !/(\.test|-fixture|(^|\/)test-[^/]+)\.ts$/.test(path))
    .filter((path) => ENVIRONMENT.test(readFileSync(join(SOURCE, path), 'utf8')));
  expect(readers).toEqual([join('config', 'environment.ts')]);
});

test.each([
  'process.env',
  "process['env']",
  'process?.env',
  'const { env } = process;',
  "context.env['PORT']",
  "import { env } from 'node:process';",
])('%s is found', (text) => {
  expect(ENVIRONMENT.test(text)).toBe(true);
});
