import { defineConfig } from 'vitest/config';

export default defineConfig({
  resolve: { conditions: ['@reservations/source'] },
  ssr: { resolve: { conditions: ['@reservations/source'] } },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/*.test.ts',
      'scripts/**/*.test.ts',
    ],
    testTimeout: 30_000,
    hookTimeout: 30_000,
  },
});
