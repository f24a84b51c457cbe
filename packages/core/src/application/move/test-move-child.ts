/**
 * A process of its own for the tests of moves, which kill it: `test-move-child.ts <path> <url>`. It says how far it
 * is, a line for each batch, and how it ended.
 */
import { writeSync } from 'node:fs';
import { runMove } from './move-fixture.ts';

const STDOUT = 1;
const [path = '', url = ''] = process.argv.slice(2);

function say(what: unknown): void {
  writeSync(STDOUT, `${JSON.stringify(what)}\n`);
}

say(await runMove({ path, url }, { onProgress: say }));
