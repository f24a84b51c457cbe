import { cp } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { defineConfig } from 'tsup';

const SWAGGER_UI = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));

/** What the page of the API loads, with its licences under names that are no licence of this package. */
const FILES = {
  'swagger-ui.css': 'swagger-ui.css',
  'swagger-ui-bundle.js': 'swagger-ui-bundle.js',
  'swagger-ui-bundle.js.LICENSE.txt': 'swagger-ui-bundle.js.LICENSE.txt',
  LICENSE: 'swagger-ui.LICENSE.txt',
  NOTICE: 'swagger-ui.NOTICE.txt',
};

export default defineConfig({
  entry: {
    index: 'src/index.ts',
    fastify: 'src/http/embed/fastify.ts',
    nest: 'src/http/embed/nest.ts',
    client: 'src/client/index.ts',
    main: 'src/main.ts',
  },
  format: 'esm',
  target: 'node22',
  platform: 'node',
  dts: false,
  sourcemap: true,
  splitting: true,
  clean: true,
  async onSuccess() {
    for (const [file, copy] of Object.entries(FILES)) await cp(join(SWAGGER_UI, file), join('dist/swagger-ui', copy));
  },
});
