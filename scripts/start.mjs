// npm start: installs and builds what is missing, then runs the quickstart. Needs Node 20 and npm, nothing else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { foreground, root } from './process.mjs';
import { build, install } from './setup.mjs';

const quickstart = join(root, 'examples', 'quickstart');

await prepare('Installing', install);
await prepare('Building', build);

// `exec`, so that signals reach the program itself and no shell stands between.
const { scripts } = JSON.parse(readFileSync(join(quickstart, 'package.json'), 'utf8'));
const command = ['-c', `exec ${scripts.start} "$@"`, 'quickstart', ...process.argv.slice(2)];
process.exitCode = await foreground('/bin/sh', command, quickstart);

async function prepare(title, step) {
  const notice = setTimeout(() => console.log(`${title} … (only when something changed)`), 500);
  const failure = await step();
  clearTimeout(notice);
  if (failure === null) return;
  console.error(`${failure}\n${title} failed; the output is above.`);
  process.exit(1);
}
