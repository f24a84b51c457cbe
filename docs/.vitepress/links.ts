import { existsSync, statSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';
import type { Page } from './pages.ts';
import { DOCS, repositoryLink, root } from './repository.ts';

/** Returns the anchor of a heading, as GitHub names it. */
export function anchorOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-');
}

/** Files that the site serves as they are: path in the repository → address. */
export const SERVED: Readonly<Record<string, string>> = { 'docs/openapi.json': '/openapi.json' };

/**
 * Returns where a link of a page leads on the site: to a page, to a file that is served, or to the repository. Links to
 * other sites and within the page stay as they are.
 * @throws {Error} when the repository has no such file.
 */
export function siteLink(link: string, from: string, pages: readonly Page[]): string {
  if (/^([a-z]+:|#|\/)/i.test(link)) return link;
  const [path = '', anchor] = link.split('#');
  const target = normalize(join(dirname(from), path)).replace(/\/$/, '');
  const fragment = anchor === undefined ? '' : `#${anchor}`;
  const page = pages.find(({ source }) => source === target || source === `${target}/README.md`);
  if (page !== undefined) return `/${page.route}${fragment}`;
  if (SERVED[target] !== undefined) return SERVED[target];
  const file = join(root, target);
  if (!existsSync(file)) throw new Error(`${from}: a link to ${link}, which does not exist`);
  return repositoryLink(`${target}${fragment}`, statSync(file).isFile() ? 'blob' : 'tree');
}

/** Returns the path of an image of a page from the file that is built from it. */
export function imagePath(link: string, { source, file }: Page): string {
  const path = relative(dirname(join(DOCS, file)), normalize(join(dirname(source), link)));
  return path.startsWith('.') ? path : `./${path}`;
}
