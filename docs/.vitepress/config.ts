import { defineConfig } from 'vitepress';
import { MARKDOWN } from './markdown.ts';
import { DECISIONS, NAVIGATION } from './navigation.ts';
import { decisionFiles, docsPage, outsidePage, type Page, readPages, titleOf } from './pages.ts';
import { readEntries } from './reference/entries.ts';
import { REPOSITORY_URL } from './repository.ts';
import { contentSecurityPolicy } from './content-security-policy.ts';

interface Item {
  readonly text: string;
  readonly link?: string;
  readonly collapsed?: boolean;
  readonly items?: Item[];
}

const reference: Item[] = readEntries().map(({ name, page }) => ({ text: name, link: `/reference/${page}` }));

function itemOf(page: Page): Item {
  const item = { text: titleOf(page.source), link: `/${page.route}` };
  if (page.file !== `${DECISIONS}/README.md`) return item;
  return { ...item, collapsed: true, items: decisionFiles().map((file) => itemOf(docsPage(file))) };
}

const sidebar: Item[] = [
  ...NAVIGATION.map(({ title, pages, outside = [] }) => ({
    text: title,
    items: [...outside.map(outsidePage), ...pages.map(docsPage)].map(itemOf),
  })),
  { text: 'Reference', items: [{ text: 'Overview', link: '/reference/index.md' }, ...reference] },
];

/** Files whose address differs from their path. */
const rewrites = Object.fromEntries([
  ...readPages()
    .filter(({ file, route }) => file !== route)
    .map(({ file, route }) => [file, route]),
  ['generated/reference/:page', 'reference/:page'],
]);

export default defineConfig({
  title: '@reservations',
  description: 'A reservation engine for Node, built for payments',
  lang: 'en',
  // The site may be below any path.
  base: './',
  rewrites,
  lastUpdated: false,
  markdown: MARKDOWN,
  head: [['link', { rel: 'icon', href: 'data:,' }]],
  transformHtml: contentSecurityPolicy,
  vite: { build: { assetsInlineLimit: 0, chunkSizeWarningLimit: 1_500 } },
  themeConfig: {
    nav: [
      { text: 'HTTP API', link: '/http-api.md' },
      { text: 'Embed', link: '/embedding.md' },
      { text: 'Operate', link: '/operations.md' },
      { text: 'Reference', link: '/reference/index.md' },
    ],
    sidebar,
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    socialLinks: [{ icon: 'github', link: REPOSITORY_URL }],
    externalLinkIcon: true,
  },
});
