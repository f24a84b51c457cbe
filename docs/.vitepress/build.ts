// Builds the site into docs/.vitepress/dist, and checks what was built.
import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'vitepress';
import { checkSite } from './check-site.ts';
import { writeGeneratedPages } from './generated-pages.ts';
import { SERVED } from './links.ts';
import { DOCS, root, SITE } from './repository.ts';

await writeGeneratedPages();
await build(join(root, DOCS));
for (const [path, address] of Object.entries(SERVED)) copyFileSync(join(root, path), join(root, SITE, address));

const faults = checkSite(join(root, SITE));
for (const fault of faults) console.error(fault);
process.exitCode = faults.length === 0 ? 0 : 1;
