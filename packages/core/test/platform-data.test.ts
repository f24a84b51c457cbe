import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const packages = fileURLToPath(new URL('../..', import.meta.url));

function sources(folder: string): readonly string[] {
  return readdirSync(join(packages, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
}

test.each(['core/src', 'server/src'])('no source of %s asks the platform for data on currencies', (folder) => {
  const files = sources(folder);
  expect(files.length).toBeGreaterThan(10);
  const asking = files.filter((file) => /\bIntl\b/.test(readFileSync(file, 'utf8')));
  expect(asking).toEqual([]);
});
