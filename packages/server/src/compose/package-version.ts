import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** This package's version, from its manifest. Found by the package's own name: sources and built files lie in different depths. */
export function packageVersion(): string {
  const path = createRequire(import.meta.url).resolve('@reservations/server/package.json');
  const manifest: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return (manifest as { readonly version: string }).version;
}
