import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DECISIONS, NAVIGATION } from './navigation.ts';
import { DOCS, GENERATED, root } from './repository.ts';

/** A page of the site. */
export interface Page {
  /** The file that is read, from the root of the repository. Links in it are relative to it. */
  readonly source: string;
  /** The file that the site is built from, from the folder docs. */
  readonly file: string;
  /** Address in the site, as a file: `http-api.md`, `index.md`. */
  readonly route: string;
}

/** Returns every page of the site but those of the reference. */
export function readPages(): readonly Page[] {
  const sections = NAVIGATION.flatMap(({ pages, outside = [] }) => [
    ...outside.map(outsidePage),
    ...pages.map(docsPage),
  ]);
  return [...sections, ...decisionFiles().map(docsPage)];
}

/** Returns the pages of single decisions, from the folder docs. */
export function decisionFiles(): readonly string[] {
  return readdirSync(join(root, DOCS, DECISIONS))
    .filter((name) => /^\d{4}-.*\.md$/.test(name))
    .toSorted()
    .map((name) => `${DECISIONS}/${name}`);
}

/** Returns the page of a file of docs. */
export function docsPage(file: string): Page {
  return { source: `${DOCS}/${file}`, file, route: file.replace(/README\.md$/, 'index.md').toLowerCase() };
}

/** Returns the page of a file outside docs, which the build copies. */
export function outsidePage(source: string): Page {
  const route = source === 'README.md' ? 'index.md' : source.toLowerCase();
  return { source, file: `${GENERATED.slice(DOCS.length + 1)}/${route}`, route };
}

/** Returns the first heading of a Markdown file of the repository, without its marks. @throws {Error} when there is none. */
export function titleOf(path: string): string {
  const [, title] = /^# (.+)$/m.exec(readFileSync(join(root, path), 'utf8')) ?? [];
  if (title === undefined) throw new Error(`${path}: no heading`);
  return title.replaceAll('`', '');
}
