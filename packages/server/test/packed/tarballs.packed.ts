import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { manifestOf } from './packed-entries.ts';
import { output, packedPackages, type PackedPackages, root } from './sandbox-project.ts';

let packages: PackedPackages;

beforeAll(async () => {
  packages = await packedPackages();
});

afterAll(() => packages.remove());

test.each(['core', 'server'] as const)(
  'the tarball of %s holds the build, the licence and nothing else',
  async (name) => {
    const stdout = await output('tar', ['--list', '--file', packages[name]]);
    const files = stdout.trim().split('\n');
    const others = files.filter(
      (file) => !/^package\/(dist\/|package\.json$|LICENSE$|README\.md$|CHANGELOG\.md$)/.test(file),
    );
    expect(others).toEqual(name === 'core' ? ['package/proto/payment.proto'] : []);
    expect(files.filter((file) => /\.test\.|-fixture\./.test(file))).toEqual([]);
    expect(files).toContain('package/LICENSE');
    const promised = manifestOf(`packages/${name}`).files;
    expect(promised.filter((path) => !files.some((file) => file.startsWith(`package/${path}`)))).toEqual([]);
  },
);

test.each(['core', 'server'] as const)('publint finds no fault in %s', async (name) => {
  await output(join(root, 'node_modules/.bin/publint'), ['run', packages[name], '--strict']);
});

test.each(['core', 'server'] as const)(
  'the types of %s resolve for every kind of project that loads ES modules',
  async (name) => {
    const args = [
      packages[name],
      '--profile',
      'esm-only',
      '--format',
      'ascii',
      '--exclude-entrypoints',
      'payment.proto',
    ];
    const stdout = await output(join(root, 'node_modules/.bin/attw'), args);
    // Without any types it says so, and calls that a success.
    expect(stdout).not.toContain('does not contain types');
  },
);
