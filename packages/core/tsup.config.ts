import { cp } from 'node:fs/promises';
import { defineConfig } from 'tsup';

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    ports: 'src/ports.ts',
    operations: 'src/operations.ts',
    memory: 'src/adapters/memory/index.ts',
    sqlite: 'src/adapters/sqlite/index.ts',
    postgres: 'src/adapters/postgres/index.ts',
    grpc: 'src/adapters/grpc/index.ts',
    opentelemetry: 'src/adapters/opentelemetry/index.ts',
    sandbox: 'src/sandbox/index.ts',
    testing: 'src/testing/index.ts',
    'supported-node': 'src/supported-node.ts',
    // No entry of the package, but a file of its own, which is evaluated before the driver that the file behind it loads.
    'require-supported-node': 'src/require-supported-node.ts',
  },
  format: 'esm',
  target: 'node22',
  platform: 'node',
  dts: false,
  sourcemap: true,
  splitting: true,
  clean: true,
  // The payment team's file stays at the root of the repository; the package takes a copy along.
  onSuccess: () => cp('../../proto', 'proto', { recursive: true }),
});
