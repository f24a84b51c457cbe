import { reservationStoreContract } from '@reservations/core/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createSnippetProject, type SnippetProject } from './snippet-project.ts';
import { snippetsOf } from './snippets.ts';
import { treatmentOf } from './typescript-snippets.ts';

const PAGE = 'docs/writing-an-event-store.md';
const TEST_FILE = 'my-store.test.ts';

/** The files of the page, by name: their blocks in order. */
function filesOfPage(): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const snippet of snippetsOf(PAGE)) {
    const treatment = treatmentOf(snippet);
    if (treatment.kind !== 'file') continue;
    files.set(treatment.name, (files.get(treatment.name) ?? '') + snippet.text);
  }
  return files;
}

const files = filesOfPage();
let project: SnippetProject;

beforeAll(async () => {
  project = await createSnippetProject();
  await Promise.all([...files].map(([name, text]) => project.write(name, text)));
});

afterAll(() => project.remove());

test('the files of the page on event stores compile, with the public entries alone', async () => {
  expect(files.has(TEST_FILE)).toBe(true);
  expect(await project.typecheck()).toEqual([]);
});

test('together they are a store that keeps the whole contract', async () => {
  const ends = await project.test(TEST_FILE);
  expect(ends.filter(({ status }) => status === 'failed')).toEqual([]);
  const applicable = reservationStoreContract.filter(({ needs }) => needs !== 'openBeside');
  const passed = ends.filter(({ status }) => status === 'passed').map(({ title }) => title);
  expect(new Set(passed)).toEqual(new Set(applicable.map(({ title }) => title)));
});
