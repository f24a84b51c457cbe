import { cpSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ALERTS, ALERTS_OF_CHART, CHART, chartHash, RENDERED, renderedHeader, VALUE_SETS } from './chart-files.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

test('the rendered output of the chart is that of its present files (else run "pnpm chart", which needs helm)', () => {
  const hash = chartHash(root);
  for (const { name } of VALUE_SETS) {
    const [header = ''] = readFileSync(join(root, RENDERED, `${name}.yaml`), 'utf8').split(/(?<=\n)/);
    expect(header).toBe(renderedHeader(hash));
  }
});

test('the chart has the alert rules as they are (else run "pnpm chart")', () => {
  expect(readFileSync(join(root, ALERTS_OF_CHART), 'utf8')).toBe(readFileSync(join(root, ALERTS), 'utf8'));
});

test('there is rendered output for each set of values, and no other', () => {
  const files = VALUE_SETS.map(({ name }) => `${name}.yaml`);
  expect(readdirSync(join(root, RENDERED)).toSorted()).toEqual(files.toSorted());
});

let copy: string;

beforeEach(() => {
  copy = mkdtempSync(join(tmpdir(), 'reservations-chart-'));
  cpSync(join(root, 'deploy'), join(copy, 'deploy'), { recursive: true });
});

afterEach(() => rmSync(copy, { recursive: true, force: true }));

test('the hash of the chart does not depend on where it lies', () => {
  expect(chartHash(copy)).toBe(chartHash(root));
});

test.each([
  ['a changed template', () => writeFileSync(join(copy, CHART, 'templates/service.yaml'), 'kind: Service\n')],
  ['a new file', () => writeFileSync(join(copy, CHART, 'templates/new.yaml'), '')],
  ['a removed file', () => rmSync(join(copy, CHART, 'templates/claim.yaml'))],
  [
    'a renamed file',
    () => renameSync(join(copy, CHART, 'templates/claim.yaml'), join(copy, CHART, 'templates/pvc.yaml')),
  ],
  [
    'changed values of the checks',
    () => writeFileSync(join(copy, 'deploy/helm/checks/everything.yaml'), 'replicas: 3'),
  ],
])('%s changes the hash of the chart', (_, change) => {
  change();
  expect(chartHash(copy)).not.toBe(chartHash(root));
});
