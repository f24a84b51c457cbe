import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize, relative } from 'node:path';

/**
 * Checks a built site, and returns its faults: something that a browser would load from elsewhere, and links to a file
 * or an anchor that the site does not have.
 */
export function checkSite(folder: string): readonly string[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const texts = new Map(
    files
      .filter((file) => /\.(html|css|svg)$/.test(file))
      .map((file) => [file, readFileSync(join(folder, file), 'utf8')]),
  );
  const known = new Set(files);
  return [...texts].flatMap(([file, text]) => [
    ...loadedFromElsewhere(text).map((url) => `${file}: loads ${url}`),
    ...(file.endsWith('.html') ? deadLinks(file, text, texts, known) : []).map(
      (link) => `${file}: a dead link: ${link}`,
    ),
  ]);
}

/** What the browser itself loads: elements with an address, except links that are followed by a click, and style sheets. */
const LOADS = [
  /<(?:script|img|iframe|source|video|audio|embed|object|track|input|image|use)\b[^>]*?\s(?:src|srcset|data|poster|href|xlink:href)="([^"]*)"/g,
  /<link\b[^>]*?\shref="([^"]*)"/g,
  /url\(\s*["']?([^"')]+)/g,
  /@import\s+["']([^"']+)/g,
];

/** Returns the addresses of other sites that a browser loads when it shows a page, a picture or a style sheet. */
export function loadedFromElsewhere(text: string): readonly string[] {
  return LOADS.flatMap((pattern) => [...text.matchAll(pattern)].map(([, url = '']) => url)).filter((url) =>
    /^(https?:)?\/\//i.test(url.trim()),
  );
}

function deadLinks(
  file: string,
  text: string,
  texts: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
): readonly string[] {
  // What the 404 page links to depends on the address that was asked for.
  if (file === '404.html') return [];
  return [...text.matchAll(/<a\b[^>]*?\shref="([^"]*)"/g)]
    .map(([, href = '']) => href)
    .filter((href) => !/^[a-z]+:/i.test(href) && !leadsSomewhere(file, href, texts, known));
}

function leadsSomewhere(
  file: string,
  href: string,
  texts: ReadonlyMap<string, string>,
  known: ReadonlySet<string>,
): boolean {
  const [path = '', anchor] = decodeURI(href).split('#');
  const target = path === '' ? file : relative('.', normalize(join(dirname(file), path)));
  if (!known.has(target)) return false;
  return anchor === undefined || anchor === '' || (texts.get(target) ?? '').includes(` id="${anchor}"`);
}
