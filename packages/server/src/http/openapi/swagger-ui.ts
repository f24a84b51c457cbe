import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Folder beside the built program into which the build copies the files. */
const BUILT = fileURLToPath(new URL('swagger-ui/', import.meta.url));

/** Reads a file of Swagger UI: of the built program, else, from the sources, of the package that the build copies. */
export async function readSwaggerUi(file: string): Promise<Buffer> {
  return await readFile(join(existsSync(BUILT) ? BUILT : packageFolder(), file));
}

function packageFolder(): string {
  return dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
}
