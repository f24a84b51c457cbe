import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { anchorOf } from '@reservations/docs/links';
import { root } from './snippets.ts';

/** Returns the links of a page to files or headings of the repository that do not exist. */
export function brokenLinks(page: string, text: string): readonly string[] {
  const links = [...withoutBlocks(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link = '']) => link);
  return links.filter((link) => !/^[a-z]+:/.test(link) && !leadsSomewhere(page, text, link));
}

function leadsSomewhere(page: string, text: string, link: string): boolean {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? page : normalize(join(dirname(page), path));
  const file = join(root, target);
  if (path !== '' && !existsSync(file)) return false;
  if (anchor === undefined) return true;
  if (path !== '' && !statSync(file).isFile()) return false;
  return anchorsOf(path === '' ? text : readFileSync(file, 'utf8')).includes(anchor);
}

/** Returns the anchors of the headings of a page, as GitHub names them in links. */
export function anchorsOf(text: string): readonly string[] {
  return [...withoutBlocks(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => anchorOf(heading));
}

function withoutBlocks(text: string): string {
  return text.replaceAll(/^( *)```[\s\S]*?^\1```$/gm, '');
}
