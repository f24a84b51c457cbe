import { join } from 'node:path';
import type { MarkdownOptions } from 'vitepress';
import { anchorOf, imagePath, siteLink } from './links.ts';
import { readPages } from './pages.ts';
import { DOCS, root } from './repository.ts';

type MarkdownIt = Parameters<NonNullable<MarkdownOptions['config']>>[0];

const pages = readPages();
/** By the file that VitePress names: that of the address, where it differs from the one that is read. */
const byFile = new Map(pages.map((page) => [join(root, DOCS, page.route), page]));

/** Leads links of pages to the site or to the repository. Links of the reference are between its own pages. */
function leadLinks(markdown: MarkdownIt): void {
  markdown.core.ruler.push('repository_links', ({ tokens, env }) => {
    const page = byFile.get((env as { readonly path: string }).path);
    if (page === undefined) return;
    for (const token of tokens.flatMap(({ children }) => children ?? [])) {
      const href = token.attrGet('href');
      if (token.type === 'link_open' && href !== null)
        token.attrSet('href', siteLink(decodeURI(href), page.source, pages));
      const src = token.attrGet('src');
      if (token.type === 'image' && src !== null) token.attrSet('src', imagePath(src, page));
    }
  });
}

/** How the pages are rendered: headings have the anchors that they have on GitHub. */
export const MARKDOWN: MarkdownOptions = {
  anchor: { slugify: anchorOf },
  linkify: false,
  config: leadLinks,
};
