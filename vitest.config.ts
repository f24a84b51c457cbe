import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const COMPILE_CACHE = fileURLToPath(new URL('node_modules/.cache/compile', import.meta.url));

/** How long a test may take: three times what the longest takes on a machine that is busy with other things. */
const TEST_TIMEOUT_MS = 90_000;

/** How long a test waits for something that comes by itself, on a loaded machine too. Shorter than a test's time-out. */
export const PATIENCE_MS = 20_000;

export default defineConfig({
  resolve: { conditions: ['@reservations/source'] },
  ssr: { resolve: { conditions: ['@reservations/source'] } },
  test: {
    globalSetup: ['packages/test-postgres/src/global-setup.ts'],
    // Halves the time of a process that a test starts from the sources.
    env: { NODE_COMPILE_CACHE: COMPILE_CACHE },
    setupFiles: ['scripts/vitest.patience.ts'],
    expect: { poll: { timeout: PATIENCE_MS } },
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // Most of the long tests wait for leases, processes and disks.
    maxWorkers: 3,
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
  },
});
