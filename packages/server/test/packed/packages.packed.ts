import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { output, packPackages, type PackedPackages, type Project, root } from './sandbox-project.ts';

const ENTRIES = [
  '@reservations/core',
  '@reservations/core/ports',
  '@reservations/core/operations',
  '@reservations/core/memory',
  '@reservations/core/sqlite',
  '@reservations/core/postgres',
  '@reservations/core/grpc',
  '@reservations/core/opentelemetry',
  '@reservations/core/sandbox',
  '@reservations/core/testing',
  '@reservations/core/supported-node',
  '@reservations/server',
  '@reservations/server/fastify',
  '@reservations/server/client',
  '@reservations/server/nest',
] as const;

/** Entries that are files to read. */
const NO_MODULES: ReadonlySet<string> = new Set(['./package.json', './payment.proto']);

const DRIVERLESS_ENTRIES = [
  '@reservations/core',
  '@reservations/core/ports',
  '@reservations/core/operations',
  '@reservations/core/sandbox',
  '@reservations/core/memory',
  '@reservations/core/testing',
  '@reservations/core/supported-node',
] as const;
const DRIVERS = ['better-sqlite3', 'pg', '@grpc/grpc-js', '@grpc/proto-loader'] as const;

let packages: PackedPackages;
let everything: Project;
let coreAlone: Project;

beforeAll(async () => {
  packages = await packPackages();
  const { devDependencies } = manifestOf('.');
  const types = `@types/node@${devDependencies['@types/node']}`;
  everything = await packages.project('everything', [packages.core, packages.server, types]);
  coreAlone = await packages.project('core-alone', [packages.core]);
});

afterAll(() => packages.remove());

interface Manifest {
  readonly version: string;
  readonly files: readonly string[];
  readonly exports: Readonly<Record<string, unknown>>;
  readonly devDependencies: Readonly<Record<string, string>>;
}

function manifestOf(folder: string): Manifest {
  return JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;
}

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
  const imported = await exportsOf(everything, 'import', entry);
  expect(imported).not.toEqual([]);
  expect(await exportsOf(everything, 'require', entry)).toEqual(imported);
});

test.each(DRIVERLESS_ENTRIES)('%s loads without any driver installed', async (entry) => {
  const installed = DRIVERS.filter((driver) => existsSync(join(coreAlone.folder, 'node_modules', driver)));
  expect(installed).toEqual([]);
  expect(await exportsOf(coreAlone, 'import', entry)).toEqual(await exportsOf(everything, 'import', entry));
});

test('a missing driver is reported by its name', async () => {
  await expect(exportsOf(coreAlone, 'import', '@reservations/core/sqlite')).rejects.toThrow('better-sqlite3');
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
    expect(await everything.run('node', [`--input-type=${type}`, '--eval', program])).toBe('started\n');
  },
);

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

test('the definition of the payment service is in core, byte for byte, where imports find it', async () => {
  const source = "process.stdout.write(fileURLToPath(import.meta.resolve('@reservations/core/payment.proto')))";
  const program = `import { fileURLToPath } from 'node:url'; ${source}`;
  const path = await coreAlone.run('node', ['--input-type=module', '--eval', program]);
  expect(path).toContain(join('@reservations', 'core', 'proto', 'payment.proto'));
  expect(readFileSync(path).equals(readFileSync(join(root, 'proto/payment.proto')))).toBe(true);
});

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

test('a strict consumer compiles against the types of every entry, those of the dependencies included', async () => {
  const imports = ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const names = ENTRIES.map((_entry, index) => `entry${index}`).join(', ');
  await everything.write('consumer.ts', [...imports, `console.log(${names});`, CONSUMER].join('\n'));
  await everything.write(
    'consumer.cts',
    "import core = require('@reservations/core');\nconsole.log(core.DEFAULT_CURRENCY);\n",
  );
  await everything.write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        target: 'es2022',
        module: 'nodenext',
        strict: true,
        noEmit: true,
        skipLibCheck: false,
        types: ['node'],
      },
      files: ['consumer.ts', 'consumer.cts'],
    }),
  );
  await output(join(root, 'node_modules/.bin/tsc'), ['--project', everything.folder]);
});

test('the client compiles with the types of a browser alone, and is one file that loads no other', async () => {
  await everything.write('browser.ts', BROWSER_PROGRAM);
  const compilerOptions = {
    target: 'es2022',
    lib: ['es2022', 'dom'],
    module: 'esnext',
    moduleResolution: 'bundler',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  };
  await everything.write('tsconfig.browser.json', JSON.stringify({ compilerOptions, files: ['browser.ts'] }));
  await output(join(root, 'node_modules/.bin/tsc'), ['--project', join(everything.folder, 'tsconfig.browser.json')]);
  const file = join(everything.folder, 'node_modules', '@reservations', 'server', 'dist', 'client.js');
  expect(readFileSync(file, 'utf8')).not.toMatch(/^import\b|\bfrom ['"]|\bimport\(|\brequire\(|\bnode:/m);
});

const BROWSER_PROGRAM = `
import { createClient, ReservationsApiError, type ReservationResult } from '@reservations/server/client';
const client = createClient({ baseUrl: '/api', token: async () => 'token', fetch: window.fetch });
export const made: Promise<ReservationResult> = client.create({ user_id: 'ada', amount: 10.5 });
export const transaction = async (): Promise<string | null> => {
  const result = await made;
  return result.outcome === 'confirmed' ? result.reservation.transaction_id : null;
};
export const isInvalid = (error: unknown): boolean =>
  error instanceof ReservationsApiError && error.code === 'validation_failed' && error.faults[0]?.loc[0] === 'body';
// @ts-expect-error: an amount is a number or a text
void client.create({ user_id: 'ada', amount: true });
// @ts-expect-error: a result that was not sent has no reservation
export const none = made.then((result) => (result.outcome === 'not-sent' ? result.reservation.version : 0));
`;

test('a contract test compiles and passes in a project that has core and vitest, and no driver', async () => {
  const { devDependencies } = manifestOf('.');
  const project = await packages.project('contract', [packages.core, `vitest@${devDependencies['vitest']}`]);
  expect(DRIVERS.filter((driver) => existsSync(join(project.folder, 'node_modules', driver)))).toEqual([]);
  const others = DRIVERLESS_ENTRIES.map((entry, index) => `import * as entry${index} from '${entry}';`);
  const names = DRIVERLESS_ENTRIES.map((_entry, index) => `entry${index}`).join(', ');
  await project.write('store.test.ts', [...others, `console.log(${names});`, CONTRACT_TEST].join('\n'));
  const compilerOptions = {
    target: 'es2022',
    module: 'nodenext',
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    types: [],
  };
  await project.write('tsconfig.json', JSON.stringify({ compilerOptions, files: ['store.test.ts'] }));
  await output(join(root, 'node_modules/.bin/tsc'), ['--project', project.folder]);
  expect(await project.run('npx', ['--no-install', 'vitest', 'run'])).toMatch(/Tests .*[1-9]\d* passed/);
});

/** As the page about writing an event store says, with the memory store in the place of one's own. */
const CONTRACT_TEST = `
import { createMemoryStore } from '@reservations/core/memory';
import { paymentGatewayContract, reservationStoreContract, type StoreHarness } from '@reservations/core/testing';
import { describe, expect, test } from 'vitest';

const harness: StoreHarness = { open: async () => createMemoryStore(), reopen: null, openBeside: null };

describe('my store', () => {
  for (const { title, needs, run } of reservationStoreContract) {
    test.skipIf(needs !== 'nothing' && harness[needs] === null)(title, () => run(harness));
  }
});

// @ts-expect-error: a harness opens stores
export const wrong: StoreHarness = { open: async () => 'a store', reopen: null, openBeside: null };

test('the contract of gateways is there as well', () => {
  expect(paymentGatewayContract.length).toBeGreaterThan(0);
});
`;

/** The types must say something: `any` in their place would compile as well. */
const CONSUMER = `
import { createReservations, type ReservationSummary } from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
const gateway = createGrpcPaymentGateway({ host: '127.0.0.1', port: 50051 });
const reservations = createReservations({ store: createMemoryStore(), gateway });
export const found: Promise<ReservationSummary | null> = reservations.get('RES-');
// @ts-expect-error: an amount is a number or a text
void reservations.create({ userId: 'ada', amount: true });
// @ts-expect-error: a store is required
createReservations({ gateway });
`;

test('npx reservations-server --version prints the version of the package', async () => {
  const printed = await everything.run('npx', ['--no-install', 'reservations-server', '--version']);
  expect(printed.trim()).toBe(manifestOf('packages/server').version);
});

test('npx reservations-server --sandbox reserves, shows its documentation, and stops by SIGTERM with exit code 0', async () => {
  const args = ['--sandbox', '--port', '0', '--db', 'tmp.db'];
  const server = everything.start(join('node_modules', '.bin', 'reservations-server'), args);
  const exited = once(server, 'exit');
  try {
    const url = await announcedUrl(server.stderr);
    const response = await fetch(`${url}/reservations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user_id: 'ada', amount: 12.5, currency: 'EUR' }),
    });
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { status: 'RESERVATION_CONFIRMED', user_id: 'ada', amount: 12.5, currency: 'EUR' },
    ]);
    for (const path of ['openapi.json', 'docs', 'docs/swagger-ui.css', 'docs/swagger-ui-bundle.js', 'docs/page.js']) {
      expect([path, (await fetch(`${url}/${path}`)).status]).toEqual([path, 200]);
    }
    server.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  } finally {
    server.kill('SIGKILL');
  }
});

describe('on a Node that is too old', () => {
  const MESSAGE = 'Node ^22.14 || ^24 || >=26 is needed, this is Node 20.20.2';

  /** Arguments of node that make it say that it is Node 20, and tell on standard error which files it loads. */
  async function oldNode(project: Project): Promise<readonly string[]> {
    const file = 'old-node.cjs';
    await project.write(
      file,
      `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } });
      require('node:module').registerHooks({
        load: (url, context, next) => (process.stderr.write('loads ' + url + '\\n'), next(url, context)),
      });`,
    );
    return ['--require', join(project.folder, file)];
  }

  test('the server says in one line which one is needed, exits with 2, and has loaded nothing else', async () => {
    const main = join('node_modules', '@reservations', 'server', 'dist', 'main.js');
    const server = everything.start('node', [...(await oldNode(everything)), main, '--sandbox', '--port', '0']);
    const exited = once(server, 'exit');
    const [out, err] = await Promise.all([linesOf(server.stdout), linesOf(server.stderr)]);
    expect([await exited, out]).toEqual([[2, null], []]);
    expect(err.filter((line) => !line.startsWith('loads '))).toEqual([`reservations-server: ${MESSAGE}`]);
    const loaded = err.filter((line) => /^loads file:.*node_modules/.test(line)).map((line) => line.split('/').at(-1));
    expect(loaded).toEqual(['main.js', 'supported-node.js', expect.stringMatching(/^chunk-/), expect.any(String)]);
  });

  test('the SQLite adapter says so before it loads the driver, which would crash', async () => {
    const driver = join(coreAlone.folder, 'node_modules', 'better-sqlite3');
    onTestFinished(() => rm(driver, { recursive: true }));
    await mkdir(driver);
    await writeFile(join(driver, 'package.json'), '{ "name": "better-sqlite3", "main": "index.js" }');
    await writeFile(join(driver, 'index.js'), "console.log('the driver runs'); module.exports = class {};");
    const program = ['--input-type=module', '--eval', "await import('@reservations/core/sqlite')"];
    expect(await coreAlone.run('node', program)).toBe('the driver runs\n');
    const failure = coreAlone.run('node', [...(await oldNode(coreAlone)), ...program]);
    await expect(failure).rejects.toThrow(`@reservations/core: ${MESSAGE}`);
    await expect(failure).rejects.not.toThrow('the driver runs');
  });

  test.each(['postgres', 'grpc'])('the adapter %s says so', async (name) => {
    const program = ['--input-type=module', '--eval', `await import('@reservations/core/${name}')`];
    await expect(everything.run('node', [...(await oldNode(everything)), ...program])).rejects.toThrow(MESSAGE);
  });
});

async function linesOf(stream: Readable | null): Promise<readonly string[]> {
  const lines: string[] = [];
  if (stream !== null) for await (const line of createInterface({ input: stream })) lines.push(line);
  return lines;
}

/** The address in the line "listening on http://…". */
async function announcedUrl(stderr: Readable | null): Promise<string> {
  const seen: string[] = [];
  if (stderr !== null) {
    for await (const line of createInterface({ input: stderr })) {
      const url = /listening on (http:\/\/\S+)/.exec(line)?.[1];
      if (url !== undefined) return url;
      seen.push(line);
    }
  }
  throw new Error(`the server ended without saying where it listens:\n${seen.join('\n')}`);
}
