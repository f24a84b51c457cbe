import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** Tests of the packed packages. They need a build and a registry, so they run apart from all others. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL('..', import.meta.url)),
    globalSetup: ['packages/server/test/packed/pack-once.ts'],
    include: ['packages/server/test/**/*.packed.ts'],
    // Each file installs packages, and mostly waits for the registry.
    maxWorkers: 3,
    testTimeout: 120_000,
    hookTimeout: 300_000,
  },
});
