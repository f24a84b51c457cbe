import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PROBLEMS } from './problems.ts';

const document = readFileSync(new URL('../../../../../docs/http-api.md', import.meta.url), 'utf8');

test('the table of error codes in docs/http-api.md is the table of the code', () => {
  const [, table = ''] = document.split(/<!-- \/?codes -->/);
  const rows = table.trim().split('\n').slice(2);
  const documented = rows.map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const coded = Object.entries(PROBLEMS).map(([code, { status, when }]) => [`\`${code}\``, String(status), when]);
  expect(new Set(documented.map(String))).toEqual(new Set(coded.map(String)));
  expect(documented.length).toBe(coded.length);
});

test('docs/http-api.md names every type that an entry of validation_failed can have', () => {
  const sources = ['validation.ts', '../body/json.ts', '../body/read-fields.ts'].map((name) =>
    readFileSync(new URL(name, import.meta.url), 'utf8'),
  );
  const types = sources.flatMap((source) => [...source.matchAll(/type: '(\w+)'/g)].map(([, type]) => type));
  expect(types.length).toBeGreaterThan(15);
  for (const type of new Set(types)) expect(document).toContain(`\`${type}\``);
});
