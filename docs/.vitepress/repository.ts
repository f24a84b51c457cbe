import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The workspace's folder. */
export const root: string = fileURLToPath(new URL('../..', import.meta.url));

/** Folder of the pages, from the root of the repository. */
export const DOCS = 'docs';

/** Folder of the pages that the build makes, from the root of the repository. They are not committed. */
export const GENERATED = 'docs/generated';

interface Manifest {
  readonly repository: { readonly url: string };
}

const core = JSON.parse(readFileSync(join(root, 'packages/core/package.json'), 'utf8')) as Manifest;

/** Address of the repository in a browser. */
export const REPOSITORY_URL: string = core.repository.url.replace(/^git\+/, '').replace(/\.git$/, '');

/** Address of a file or a folder of the repository; the path is from its root, with an anchor if there is one. */
export function repositoryLink(path: string, kind: 'blob' | 'tree'): string {
  return `${REPOSITORY_URL}/${kind}/main/${path}`;
}

/** Folder of the built site, from the root of the repository. */
export const SITE = 'docs/.vitepress/dist';
