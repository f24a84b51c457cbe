import { readFileSync } from 'node:fs';

/** This package's version. The manifest lies one folder above both `src` and the built `dist`. */
export function packageVersion(): string {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return (manifest as { readonly version: string }).version;
}
