import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder. */
export const root: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** A fenced block of a page. */
export interface Snippet {
  /** `docs/feed.md:7`, where the fence opens. */
  readonly at: string;
  readonly page: string;
  readonly line: number;
  /** The word behind the fence, in lower case. */
  readonly language: string;
  readonly text: string;
  /** What the comment `<!-- snippet: … -->` right before the fence says; null when there is none. */
  readonly mark: string | null;
}

/** Returns the pages that users and contributors read: all of the repository but change logs and changesets. */
export function pages(): readonly string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', '*.md'], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((path) => path !== '' && !/(^\.changeset\/|CHANGELOG\.md$)/.test(path));
}

/** Reads the snippets of a page of the repository. */
export function snippetsOf(page: string): readonly Snippet[] {
  return readSnippets(page, readFileSync(join(root, page), 'utf8'));
}

/** Finds the fenced blocks of a text, indented ones included. @throws {Error} for a block that does not end. */
export function readSnippets(page: string, text: string): readonly Snippet[] {
  const lines = text.split('\n');
  const snippets: Snippet[] = [];
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent, language] = /^( *)```(\S*)/.exec(lines[index] ?? '') ?? [];
    if (indent === undefined || language === undefined) continue;
    const end = lines.indexOf(`${indent}\`\`\``, index + 1);
    if (end === -1) throw new Error(`${page}:${index + 1}: the block does not end`);
    const body = lines.slice(index + 1, end).map((line) => line.slice(indent.length));
    const before = lines.slice(0, index).findLast((line) => line.trim() !== '') ?? '';
    const [, mark = null] = /^ *<!-- snippet: (.*) -->$/.exec(before) ?? [];
    const at = { page, line: index + 1, at: `${page}:${index + 1}` };
    snippets.push({ ...at, language: language.toLowerCase(), text: `${body.join('\n')}\n`, mark });
    index = end;
  }
  return snippets;
}
