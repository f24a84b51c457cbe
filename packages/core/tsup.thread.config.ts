import { defineConfig } from 'tsup';

/**
 * The thread that the entry `sqlite` starts, and finds beside itself: one file, so that the chunks of the entries, and the
 * order in which they are evaluated, do not depend on it.
 */
export default defineConfig({
  entry: { 'sqlite-thread': 'src/adapters/sqlite/writes/thread.ts' },
  format: 'esm',
  target: 'node22',
  platform: 'node',
  dts: false,
  sourcemap: true,
  splitting: false,
  // The build of the entries has run before.
  clean: false,
});
