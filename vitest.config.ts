import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@reservations/source'] },
  ssr: { resolve: { conditions: ['@reservations/source'] } },
  test: {
    globalSetup: ['packages/test-postgres/src/global-setup.ts'],
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    // Most of the long tests wait for leases, processes and disks.
    maxWorkers: 3,
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
