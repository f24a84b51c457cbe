import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readPages } from './pages.ts';
import { buildReference } from './reference/build-reference.ts';
import { DOCS, GENERATED, REPOSITORY_URL, root } from './repository.ts';

/** Front matter of the first page, which has the text of README.md below its title. */
const HOME = `---
layout: home
hero:
  name: '@reservations'
  text: A reservation engine for Node, built for payments
  tagline: At most one charge per reservation, no acknowledged reservation lost, no outcome guessed.
  actions:
    - { theme: brand, text: Try it, link: '#two-commands' }
    - { theme: alt, text: HTTP API, link: /http-api.md }
    - { theme: alt, text: Embed it, link: /embedding.md }
    - { theme: alt, text: Source, link: ${REPOSITORY_URL} }
---
`;

/** Writes the pages that the build makes: those of the repository outside docs, and the reference. */
export async function writeGeneratedPages(): Promise<void> {
  rmSync(join(root, GENERATED), { recursive: true, force: true });
  mkdirSync(join(root, GENERATED), { recursive: true });
  for (const { source, file, route } of readPages().filter((page) => page.source !== `${DOCS}/${page.file}`)) {
    const text = readFileSync(join(root, source), 'utf8');
    writeFileSync(
      join(root, DOCS, file),
      route === 'index.md'
        ? text.replace(/^# .*\n\n/, HOME).replace('A reservation engine for Node, built for payments. ', '\n')
        : text,
    );
  }
  await buildReference();
}
