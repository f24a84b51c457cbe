import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceTree } from './rules.ts';
import { readSourceFacts } from './source-facts.ts';

/** The workspace's folder. */
export const root: string = fileURLToPath(new URL('../../../..', import.meta.url));

/** Folders of the workspace that hold packages or their sources. */
export const SOURCE_FOLDERS = ['packages', 'examples', 'bench', 'docs'] as const;

/** Returns the paths of all files below a folder, from the root and with slashes, without what is installed or built. */
export function filesIn(folder: string, pattern: RegExp): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && pattern.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path));
}

/** Reads a file by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

/** Parses files, given by path and text. @throws {Error} for a syntax error. */
export function treeOf(files: readonly (readonly [string, string])[]): SourceTree {
  return new Map(files.map(([path, text]) => [path, readSourceFacts(path, text)]));
}
