import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { DRIVERLESS_ENTRIES, DRIVERS, ENTRIES, installProjects, manifestOf, NO_MODULES } from './packed-entries.ts';
import { type Project, root } from './sandbox-project.ts';

const projects = installProjects();

/** Names that a module exports, seen by `import` or by `require`. */
async function exportsOf(project: Project, how: 'import' | 'require', entry: string): Promise<readonly string[]> {
  const source =
    how === 'import'
      ? `console.log(JSON.stringify(Object.keys(await import('${entry}')).sort()))`
      : `console.log(JSON.stringify(Object.keys(require('${entry}')).filter((name) => name !== '__esModule').sort()))`;
  const type = how === 'import' ? 'module' : 'commonjs';
  return JSON.parse(await project.run('node', [`--input-type=${type}`, '--eval', source])) as readonly string[];
}

test('the list of entries is complete', () => {
  const declared = ['core', 'server'].flatMap((name) =>
    Object.keys(manifestOf(`packages/${name}`).exports)
      .filter((entry) => !NO_MODULES.has(entry))
      .map((entry) => `@reservations/${name}${entry.slice(1)}`),
  );
  expect(declared).toEqual(ENTRIES);
});

test.each(ENTRIES)('%s can be imported and required, with the same exports', async (entry) => {
  const imported = await exportsOf(projects.everything, 'import', entry);
  expect(imported).not.toEqual([]);
  expect(await exportsOf(projects.everything, 'require', entry)).toEqual(imported);
});

test.each(DRIVERLESS_ENTRIES)('%s loads without any driver installed', async (entry) => {
  const installed = DRIVERS.filter((driver) => existsSync(join(projects.coreAlone.folder, 'node_modules', driver)));
  expect(installed).toEqual([]);
  expect(await exportsOf(projects.coreAlone, 'import', entry)).toEqual(
    await exportsOf(projects.everything, 'import', entry),
  );
});

test('a missing driver is reported by its name', async () => {
  await expect(exportsOf(projects.coreAlone, 'import', '@reservations/core/sqlite')).rejects.toThrow('better-sqlite3');
});

test.each([
  ['import', 'module', "await import('@reservations/core/sqlite')"],
  ['require', 'commonjs', "require('@reservations/core/sqlite')"],
])(
  'the thread that writes to a SQLite file starts after %s, and does not keep the process alive',
  async (how, type, load) => {
    const program = `
    const threads = process.getBuiltinModule('node:worker_threads');
    let answer;
    threads.Worker = class extends threads.Worker {
      constructor(...given) {
        super(...given);
        this.on('message', ({ kind }) => { answer ??= kind; });
      }
    };
    process.getBuiltinModule('node:module').syncBuiltinESMExports();
    async function write({ openSqliteStore }) {
      const store = await openSqliteStore({ path: 'thread-${how}.db' });
      while (answer === undefined) await store.checkWritable();
      await store.checkWritable();
      console.log(answer);
    }
    void write(${load});`;
    expect(await projects.everything.run('node', [`--input-type=${type}`, '--eval', program])).toBe('started\n');
  },
);

test('the definition of the payment service is in core, byte for byte, where imports find it', async () => {
  const source = "process.stdout.write(fileURLToPath(import.meta.resolve('@reservations/core/payment.proto')))";
  const program = `import { fileURLToPath } from 'node:url'; ${source}`;
  const path = await projects.coreAlone.run('node', ['--input-type=module', '--eval', program]);
  expect(path).toContain(join('@reservations', 'core', 'proto', 'payment.proto'));
  expect(readFileSync(path).equals(readFileSync(join(root, 'proto/payment.proto')))).toBe(true);
});
