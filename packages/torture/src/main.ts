import { describeViolations, tableOf } from './run/report.ts';
import { torture } from './run/torture.ts';
import { falsify } from './self-test/falsify.ts';
import { readCommandLine, type TortureSettings, USAGE } from './settings.ts';
import { makeWorkFolder } from './support/work-folder.ts';

const SEED_LIMIT = 2 ** 32;
const EXIT_VIOLATION = 1;
const EXIT_USAGE = 2;

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs and prints the report. Resolves to true without a violation. */
async function run(settings: TortureSettings, selfTest: boolean): Promise<boolean> {
  const { store, paymentIdempotency, answerUnknownAs, seed, durationMs } = settings;
  const modes = `payment idempotency ${paymentIdempotency}, unknown outcome answered as ${answerUnknownAs}`;
  print(`store ${store}, ${modes}, seed ${seed}, ${durationMs / 1_000} s`);
  const folder = await makeWorkFolder();
  print(`files in ${folder.path}`);
  const outcome = await torture(settings, folder.path, print);
  print(`\n${tableOf(outcome)}`);
  let fine = outcome.violations.length === 0;
  if (!fine) print(`\n${describeViolations(outcome)}`);
  if (selfTest) {
    const results = falsify(outcome.evidence);
    for (const { name, found } of results) print(`${found ? 'found' : 'NOT FOUND'}  ${name}`);
    fine &&= results.every(({ found }) => found);
  }
  if (fine) await folder.remove();
  else print(`\nfiles kept in ${folder.path}`);
  return fine;
}

// Child processes end with this process.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(EXIT_VIOLATION));

const commandLine = readCommandLine(process.argv.slice(2), Math.floor(Math.random() * SEED_LIMIT));
switch (commandLine.kind) {
  case 'help':
    print(USAGE);
    break;
  case 'faults':
    for (const fault of commandLine.faults) process.stderr.write(`${fault}\n`);
    process.exitCode = EXIT_USAGE;
    break;
  case 'run':
  case 'self-test':
    if (!(await run(commandLine.settings, commandLine.kind === 'self-test'))) process.exitCode = EXIT_VIOLATION;
}
