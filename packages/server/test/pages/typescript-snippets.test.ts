import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeNextFiles } from './next-files.ts';
import { createSnippetProject, type SnippetProject } from './snippet-project.ts';
import { pages, readSnippets, type Snippet, snippetsOf } from './snippets.ts';
import { programOf, treatmentOf } from './typescript-snippets.ts';

const LANGUAGES = new Set(['ts', 'typescript', 'js', 'javascript', 'mjs', 'tsx', 'jsx']);

const snippets = pages()
  .flatMap(snippetsOf)
  .filter(({ language }) => LANGUAGES.has(language))
  .map((snippet) => ({ ...snippet, treatment: treatmentOf(snippet) }))
  .filter(({ treatment }) => treatment.kind !== 'file');
const runnable = snippets.filter(({ treatment }) => treatment.kind === 'run');

let project: SnippetProject;

beforeAll(async () => {
  project = await createSnippetProject();
  await Promise.all(snippets.map((snippet) => write(project, snippet)));
  await writeNextFiles(project);
});

afterAll(() => project.remove());

async function write(to: SnippetProject, snippet: Snippet): Promise<void> {
  const treatment = treatmentOf(snippet);
  // CommonJS has no types here.
  if (treatment.kind === 'serve' && treatment.as === 'commonjs') return;
  if (treatment.kind !== 'file') await to.write(fileOf(snippet), programOf(snippet.text, treatment.given));
}

function fileOf({ page, line }: Snippet): string {
  return `${page.replaceAll(/[^\w]/g, '-')}-${line}.ts`;
}

test('every snippet of the pages compiles', async () => {
  expect(await project.typecheck()).toEqual([]);
});

describe('a snippet that is a whole program runs and ends', () => {
  test.each(runnable.map((snippet) => [snippet.at, snippet] as const))('%s', async (_at, snippet) => {
    expect(await project.run(fileOf(snippet))).toMatchObject({ stderr: '' });
  });
});

test('a fragment without a mark, a name that no entry exports and a fault of types are found', async () => {
  const planted = await createSnippetProject();
  const page = [
    '```ts\nawait store.close();\n```',
    "```ts\nimport { openSqlStore } from '@reservations/core/sqlite';\nexport { openSqlStore };\n```",
    '<!-- snippet: given store -->\n\n```ts\nstore.close(1);\n```',
    '<!-- snippet: given store -->\n\n```ts\nawait store.close();\n```',
  ].join('\n\n');
  await Promise.all(readSnippets('page.md', page).map((snippet) => write(planted, snippet)));
  const faults = await planted.typecheck();
  await planted.remove();
  // TS2552: no such name, TS2554: so many arguments, TS2724: no such export.
  const codes = new Set(faults.map((line) => /TS\d+/.exec(line)?.[0] ?? line));
  expect(codes).toEqual(new Set(['TS2552', 'TS2554', 'TS2724']));
});

test.each([
  [null, { kind: 'run', given: [] }],
  ['given store, signal', { kind: 'run', given: ['store', 'signal'] }],
  ['compiled only: it listens', { kind: 'compile', given: [], why: 'it listens' }],
  ['given store; compiled only: it listens', { kind: 'compile', given: ['store'], why: 'it listens' }],
  ['given store; served at /', { kind: 'serve', given: ['store'], path: '/', as: 'module' }],
  ['CommonJS; served at /a', { kind: 'serve', given: [], path: '/a', as: 'commonjs' }],
  ['built with decorators; served at /a', { kind: 'serve', given: [], path: '/a', as: 'decorated' }],
  ['file my-store.ts', { kind: 'file', name: 'my-store.ts' }],
])('the mark %s', (mark, expected) => {
  expect(treatmentOf(snippet(mark))).toEqual(expected);
});

test.each([
  'skipped',
  'given',
  'compiled only:',
  'given nothing',
  'given store compiled only: x',
  'served',
  'CommonJS',
])('the mark "%s" is refused', (mark) => {
  expect(() => treatmentOf(snippet(mark))).toThrow('page.md:1: no s');
});

function snippet(mark: string | null): Snippet {
  return { at: 'page.md:1', page: 'page.md', line: 1, language: 'ts', text: '', mark };
}

test('blocks in lists are read, with their marks', () => {
  const text = '1. one\n\n   <!-- snippet: given store -->\n\n   ```TS\n   a\n     b\n   ```\n\n````md\n';
  expect(() => readSnippets('page.md', text)).toThrow('page.md:10: the block does not end');
  expect(readSnippets('page.md', text.replace('````md\n', ''))).toEqual([
    { at: 'page.md:5', page: 'page.md', line: 5, language: 'ts', text: 'a\n  b\n', mark: 'given store' },
  ]);
});
