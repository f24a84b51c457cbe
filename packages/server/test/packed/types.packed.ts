import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { DRIVERLESS_ENTRIES, DRIVERS, ENTRIES, installEverything, manifestOf } from './packed-entries.ts';
import { output, packedPackages, type PackedPackages, type Project, root } from './sandbox-project.ts';

let packages: PackedPackages;
let everything: Project;

beforeAll(async () => {
  packages = await packedPackages();
  everything = await installEverything(packages);
});

afterAll(() => packages.remove());

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
