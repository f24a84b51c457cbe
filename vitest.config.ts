import { fileURLToPath } from 'node:url';
import { configDefaults, defineConfig } from 'vitest/config';
import { PATIENCE_MS } from './scripts/vitest.patience-ms.ts';
import { LongestFirst } from './scripts/vitest.sequencer.ts';

const COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url));

/** How long a test may take: three times what the longest takes on a machine that is busy with other things. */
const TEST_TIMEOUT_MS = 90_000;

/** Tests without state beyond their file: they share workers, which saves most of the time that such a file takes. */
const SHARED = [
  'packages/core/src/{domain,ports}/**/*.test.ts',
  'packages/core/src/adapters/{memory,sql,system}/**/*.test.ts',
  'packages/server/src/{config,observe}/**/*.test.ts',
  'packages/server/src/http/{body,problems}/**/*.test.ts',
  'packages/server/test/{deploy,monitoring}/**/*.test.ts',
  'bench/src/**/*.test.ts',
];

export default defineConfig({
  resolve: { conditions: ['@reservations/source'] },
  ssr: { resolve: { conditions: ['@reservations/source'] } },
  test: {
    // Halves the time of a process that a test starts from the sources.
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
    setupFiles: ['scripts/vitest.patience.ts', 'packages/server/src/http/wire/watch-answers-fixture.ts'],
    expect: { poll: { timeout: PATIENCE_MS } },
    // Most of the long tests wait for leases, processes and disks.
    maxWorkers: 6,
    sequence: { sequencer: LongestFirst },
    // Processes that tests start are not measured: the part of a server that only runs in one counts as not covered.
    coverage: {
      provider: 'v8',
      include: ['packages/{core,server}/src/**/*.ts'],
      exclude: ['**/*.test.ts', '**/*-fixture.ts', '**/generated/**'],
      reporter: ['text-summary', 'json-summary'],
      thresholds: { lines: 80, functions: 80, branches: 75, statements: 80 },
    },
    testTimeout: TEST_TIMEOUT_MS,
    hookTimeout: TEST_TIMEOUT_MS,
    projects: [
      {
        extends: true,
        test: {
          name: 'isolated',
          globalSetup: ['packages/test-postgres/src/global-setup.ts'],
          include: [
            'packages/*/src/**/*.test.ts',
            'packages/*/test/**/*.test.ts',
            'examples/*/*.test.ts',
            'scripts/**/*.test.ts',
          ],
          exclude: [...configDefaults.exclude, ...SHARED],
        },
      },
      { extends: true, test: { name: 'shared', isolate: false, include: SHARED } },
    ],
  },
});
