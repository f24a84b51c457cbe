import { readdir, readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { SERVER_SETTINGS } from '../../src/compose/drivers.ts';
import { variablesOf } from '../../src/config/settings.ts';

const ROOT = new URL('../../../../', import.meta.url);

interface Instruction {
  readonly name: string;
  readonly text: string;
}

const dockerfile = await readFile(new URL('Dockerfile', ROOT), 'utf8');
const instructions = readInstructions(dockerfile);
const lastFrom = instructions.findLastIndex(({ name }) => name === 'FROM');
const image = instructions.slice(lastFrom);

test('the base of every stage is one image that is pinned by digest', () => {
  expect(instructions[0]).toEqual({
    name: 'ARG',
    text: expect.stringMatching(/^NODE_IMAGE=node:24\.\d+\.\d+-bookworm-slim@sha256:[0-9a-f]{64}$/),
  });
  const bases = instructions.filter(({ name }) => name === 'FROM').map(({ text }) => text.replace(/^--\S+ /, ''));
  expect(bases).toEqual(['${NODE_IMAGE} AS build', 'build AS target', '${NODE_IMAGE}']);
});

test('the base has the release of Node that the workspace is tested with', async () => {
  const manifest = JSON.parse(await readFile(new URL('package.json', ROOT), 'utf8')) as {
    readonly devDependencies: Readonly<Record<string, string>>;
    readonly packageManager: string;
  };
  expect(instructions[0]?.text).toContain(`node:${manifest.devDependencies['node']}-`);
  expect(dockerfile.match(/pnpm@[\d.]+/g)).toEqual(Array.from({ length: 3 }, () => manifest.packageManager));
});

test('the process is the command line in exec form, as a user without rights, and a health check of Node', () => {
  expect(textOf('ENTRYPOINT')).toBe('["reservations-server"]');
  expect(textOf('CMD')).toBe('["serve"]');
  expect(textOf('USER')).toBe('1000:1000');
  expect(textOf('STOPSIGNAL')).toBe('SIGTERM');
  expect(textOf('EXPOSE')).toBe('8000 9464');
  expect(textOf('HEALTHCHECK')).toMatch(/ CMD \["\/usr\/local\/bin\/node", "\/app\/healthcheck\.mjs"\]$/);
});

test('a SQLite database is in /data by default, DATABASE_URL stays in force, and no volume is made unasked', () => {
  const { default: address } = SERVER_SETTINGS.db;
  expect(address).toEqual({ kind: 'sqlite', path: './reservations.db' });
  expect(textOf('WORKDIR')).toBe('/data');
  expect(textOf('ENV')).toContain('RESERVATIONS_DATA_VOLUME=/data');
  expect(textOf('ENV')).not.toContain('RESERVATIONS_DB=');
  expect(image.filter(({ name }) => name === 'VOLUME')).toEqual([]);
});

test('each variable that the image sets is one that is read', async () => {
  const set = [...textOf('ENV').matchAll(/([A-Z_]+)=/g)].map(([, name]) => name);
  const known = new Set(Object.values(SERVER_SETTINGS).flatMap((setting) => variablesOf(setting)));
  const sandbox = await readFile(new URL('../../src/cli/commands/sandbox/sandbox.ts', import.meta.url), 'utf8');
  const unknown = set.filter((name) => name !== 'NODE_ENV' && !known.has(name ?? '') && !sandbox.includes(`'${name}'`));
  expect(unknown).toEqual([]);
});

test('the health check reads the variables of the server', async () => {
  const script = await readFile(new URL('deploy/image/healthcheck.mjs', ROOT), 'utf8');
  const { port, host, tlsCert } = SERVER_SETTINGS;
  for (const { env } of [port, host, tlsCert]) {
    expect(script).toContain(` ${env}: `);
  }
  expect(script).toContain(`8000`);
  expect(port.default).toBe(8000);
});

test('the image has the labels of the OCI', () => {
  const labels = [...textOf('LABEL').matchAll(/org\.opencontainers\.image\.([a-z.]+)="([^"]+)"/g)];
  expect(labels.map(([, name]) => name)).toEqual([
    'title',
    'description',
    'licenses',
    'vendor',
    'url',
    'source',
    'documentation',
    'version',
    'revision',
    'created',
    'base.name',
  ]);
});

test('the build gets every manifest of the workspace, and nothing that is made or secret', async () => {
  const patterns = (await readFile(new URL('.dockerignore', ROOT), 'utf8'))
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'));
  expect(patterns[0]).toBe('*');
  const folders = await readdir(new URL('examples/', ROOT));
  expect(folders.length).toBeGreaterThan(0);
  for (const kept of [
    '!packages',
    '!bench/package.json',
    '!docs/package.json',
    '!examples/*/package.json',
    '!pnpm-lock.yaml',
    '!proto',
  ]) {
    expect(patterns).toContain(kept);
  }
  for (const left of ['**/node_modules', '**/dist', '**/.env*', '**/*.db']) expect(patterns).toContain(left);
});

/** Returns the text of the only instruction with this name. */
function textOf(name: string): string {
  const found = image.filter((instruction) => instruction.name === name);
  expect(found.map(({ name }) => name)).toEqual([name]);
  return found[0]?.text ?? '';
}

/** Joins continued lines and leaves comments out. */
function readInstructions(text: string): readonly Instruction[] {
  const lines = text
    .replaceAll(/^\s*#.*\n/gm, '')
    .replaceAll(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line) => {
    const [, name = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    return { name, text: rest.replaceAll(/\s+/g, ' ').trim() };
  });
}
