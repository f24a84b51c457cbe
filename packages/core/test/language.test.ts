import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Words that CONTRIBUTING.md excludes from the project's English. */
const EXCLUDED = /\b(whoever|nobody|somebody|everybody|by and by|for the sake of|lets? go of|letting go of)\b/i;

/** Uses as a name: the POSIX user, an owner or a role in a test. */
const AS_A_NAME = /'nobody'|"nobody"|NOBODY|\bnobody@|\bsomebody:|\bas nobody\b| {2}nobody {2}/;

/** Lines with an excluded word, as "path:line". */
function findExcluded(path: string, text: string): readonly string[] {
  return text
    .split('\n')
    .flatMap((line, index) => (EXCLUDED.test(line) && !AS_A_NAME.test(line) ? [`${path}:${index + 1}`] : []));
}

/** Source files and pages of a folder, by their path from the root; of the root itself only its own files. */
function filesOf(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => /\.(ts|mjs|md)$/.test(path) && !/(^|\/)(node_modules|dist|generated)\//.test(path))
    .filter((path) => !/(language\.test\.ts|CHANGELOG\.md)$/.test(path));
}

test('code, comments, test titles and pages use plain technical English', () => {
  const files = ['.', 'bench', 'docs', 'examples', 'packages', 'scripts'].flatMap(filesOf);
  expect(files.length).toBeGreaterThan(500);
  expect(files.flatMap((path) => findExcluded(path, readFileSync(join(root, path), 'utf8')))).toEqual([]);
});

test.each([
  ['/** Whoever calls this drops it. */', 1],
  ["const owner = 'nobody';", 0],
  ['// Lets go of the lock.', 1],
])('%s has %d', (line, count) => {
  expect(findExcluded('x.ts', line)).toHaveLength(count);
});
