import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { isValue } from '../pages/helm-command.ts';
import { objectOf, podOf } from './rendered.ts';

function readPage(path: string): string {
  return readFileSync(fileURLToPath(new URL(`../../../../${path}`, import.meta.url)), 'utf8');
}

test('the values that the page on deployment explains are values of the chart', () => {
  const [, table = ''] = /^\| value +\| why[^\n]*\n([\s\S]*?)\n\n/m.exec(readPage('docs/deploy.md')) ?? [];
  const named = [...table.matchAll(/^\| ([^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([a-zA-Z.]+)/g)].map(([, name = '']) => name),
  );
  expect(named.length).toBeGreaterThan(8);
  expect(named.filter((name) => !isValue(name))).toEqual([]);
  expect(isValue('database.postgres.pols')).toBe(false);
});

test('the page on operations shows the grace period of the chart', () => {
  const { terminationGracePeriodSeconds } = podOf(objectOf('postgres', 'Deployment'));
  expect(readPage('docs/operations.md')).toContain(`terminationGracePeriodSeconds: ${terminationGracePeriodSeconds} #`);
});
