import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { splitCommands } from '../pages/command-lines.ts';
import { helmFaults, isValue } from '../pages/helm-command.ts';
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

test.each(['.github/workflows/ci-cd.yml', 'docs/deploy.md', 'README.md'])(
  'helm upgrade in %s sets values that the chart has, and on AKS those that its values leave to an installation',
  (path) => {
    const commands = readPage(path)
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .flatMap(splitCommands)
      .filter(([program, verb]) => program === 'helm' && verb === 'upgrade');
    expect(commands.length).toBeGreaterThan(0);
    for (const words of commands) {
      expect(helmFaults(words.slice(1))).toEqual([]);
      if (!words.some((word) => word.endsWith('values-aks.yaml'))) continue;
      const text = words.join(' ');
      for (const value of ['image.digest=', 'workloadIdentity.clientId=', 'httpRoute.hostnames[0]=']) {
        expect(text).toContain(value);
      }
    }
  },
);

test('the page on operations shows the grace period of the chart', () => {
  const { terminationGracePeriodSeconds } = podOf(objectOf('postgres', 'Deployment'));
  expect(readPage('docs/operations.md')).toContain(`terminationGracePeriodSeconds: ${terminationGracePeriodSeconds} #`);
});
