// npm run tarballs: builds both packages and packs them into tarballs/, to be installed elsewhere by npm, pnpm or yarn.
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { capture, root } from './process.mjs';
import { build, install } from './setup.mjs';

const folder = join(root, 'tarballs');

for (const step of [install, build]) stopOn(await step());
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder);
for (const name of ['core', 'server']) {
  const args = ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', folder];
  const { exitCode, output } = await capture('npx', args, join(root, 'packages', name));
  stopOn(exitCode === 0 ? null : output);
}
for (const file of readdirSync(folder)) console.log(join(folder, file));

function stopOn(failure) {
  if (failure === null) return;
  console.error(failure);
  process.exit(1);
}
