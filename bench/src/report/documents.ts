import type { Results } from './results.ts';
import { renderBlock } from './blocks.ts';

/** Pages with blocks that are written from the results, by their path from the root. */
export const PAGES: readonly string[] = ['README.md', 'docs/performance.md', 'docs/scaling.md', 'docs/feed.md'];

const BLOCK = /<!-- bench: ([\w-]+) -->\n[\s\S]*?<!-- \/bench -->/g;

/** Writes every block of a page anew; the rest stays. @throws {Error} for a block that is not known. */
export function fillPage(page: string, results: Results): string {
  return page.replaceAll(
    BLOCK,
    (_, name: string) => `<!-- bench: ${name} -->\n\n${renderBlock(name, results)}\n\n<!-- /bench -->`,
  );
}
