// Serves the site while pages are written. The reference is that of the start.
import { join } from 'node:path';
import { createServer } from 'vitepress';
import { writeGeneratedPages } from './generated-pages.ts';
import { DOCS, root } from './repository.ts';

await writeGeneratedPages();
const server = await createServer(join(root, DOCS), { host: '127.0.0.1' });
await server.listen();
server.printUrls();
