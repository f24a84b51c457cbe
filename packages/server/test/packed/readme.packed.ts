import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { packedPackages, type PackedPackages, type Project, root } from './sandbox-project.ts';

/** As the README says: core with its drivers, nothing else. */
const INSTALLED = /npm install @reservations\/core (?<drivers>.*)\n/;

let packages: PackedPackages;
let project: Project;
let snippet: string;

beforeAll(async () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  snippet = /This runs offline.*?```ts\n(.*?)```/s.exec(readme)?.[1] ?? '';
  packages = await packedPackages();
  const drivers = INSTALLED.exec(readme)?.groups?.['drivers']?.split(' ') ?? [];
  project = await packages.project('readme', [packages.core, ...drivers]);
});

afterAll(() => packages.remove());

test('the snippet of the README runs as it stands, ends, and charges once however often it is run', async () => {
  await project.write('snippet.ts', `${snippet}\nconsole.log(sandbox.ledger().length);\n`);
  const run = (): Promise<string> => project.run('node', ['--experimental-strip-types', 'snippet.ts']);
  expect(await run()).toBe('RESERVATION_CONFIRMED\n1\n');
  expect(await run()).toBe('RESERVATION_CONFIRMED\n0\n');
});
