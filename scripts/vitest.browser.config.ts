import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of pages in Chromium, which has to be installed. `npm test` does not run them. */
export default defineConfig({
  resolve: { conditions: ['@reservations/source'] },
  ssr: { resolve: { conditions: ['@reservations/source'] } },
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    include: ['packages/server/test/**/*.browser.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
