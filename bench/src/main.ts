import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Options, readOptions, USAGE } from './options.ts';
import { writeResults } from './report/write.ts';
import { run } from './run/run.ts';

/** Exit code of a run that was stopped by a signal. */
const CUT_OFF = 130;

const options = parse();
const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.once(signal, () => stop.abort());
await run(options, stop.signal, (results) => writeResults(options.out, results));
if (stop.signal.aborted) process.exitCode = CUT_OFF;
console.log(`\n${readFileSync(join(options.out, 'README.md'), 'utf8')}`);

function parse(): Options {
  try {
    const parsed = readOptions(process.argv.slice(2));
    if (parsed !== 'help') return parsed;
    console.log(USAGE);
    process.exit(0);
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    process.exit(2);
  }
}
