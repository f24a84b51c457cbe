import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const FOLDER = new URL('./', import.meta.url);

const sources = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.ts') && !/(\.test|-fixture)\.ts$/.test(name))
  .map((name) => [name, readFileSync(new URL(name, FOLDER), 'utf8')] as const);

/** What a file loads when it runs: anything but types. */
function loads(text: string): readonly string[] {
  const statements = [...text.matchAll(/^(?:import|export)(?! type\b)[^;]*? from '([^']+)';|\b(?:import|require)\(/gm)];
  return statements.map(([statement, from]) => from ?? statement);
}

test('the client loads its own files only, and needs nothing of Node', () => {
  expect(sources.length).toBeGreaterThan(5);
  expect(
    sources.flatMap(([name, text]) =>
      loads(text)
        .filter((from) => !/^\.\/[\w-]+\.ts$/.test(from))
        .map((from) => `${name}: ${from}`),
    ),
  ).toEqual([]);
  const ofNode = /node:|\b(process|Buffer|require|setImmediate|__dirname)\b/;
  const lines = sources.flatMap(([name, text]) =>
    text
      .split('\n')
      .filter((line) => ofNode.test(line) && !/^\s*(\*|\/)/.test(line))
      .map((line) => `${name}: ${line}`),
  );
  expect(lines).toEqual([]);
});

test.each([
  ["import { a } from '../http/a.ts';", ['../http/a.ts']],
  ["export { a } from 'koa';", ['koa']],
  ["await import('./a.ts');", ['import(']],
  ["import type { A } from '../http/a.ts';", []],
])('%s loads %j', (text, expected) => {
  expect(loads(text)).toEqual(expected);
});
