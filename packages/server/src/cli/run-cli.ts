import { withoutSecrets } from '../settings.ts';
import { packageVersion } from '../version.ts';
import { type CliCommand, type CliContext, EXIT_FAILURE, EXIT_OK, EXIT_USAGE, PROGRAM } from './command.ts';
import { eventsCommand } from './events.ts';
import { migratePrintCommand } from './migrate-print.ts';
import { migrateStatusCommand } from './migrate-status.ts';
import { migrateUpCommand } from './migrate-up.ts';
import { migrateStoreCommand } from './migrate-store.ts';
import { paymentsCheckCommand } from './payments-check.ts';
import { paymentsOpenCommand } from './payments-open.ts';
import { paymentsResolveCommand } from './payments-resolve.ts';
import { reconcileCommand } from './reconcile.ts';
import { sandboxCommand } from './sandbox.ts';
import { serveCommand } from './serve.ts';
import { subscriptionsCommand } from './subscriptions.ts';
import { subscriptionsResumeCommand } from './subscriptions-resume.ts';
import { verifyCommand } from './verify.ts';
import { viewRebuildCommand } from './view-rebuild.ts';

/** Every command, the default one first. A name of two words is two arguments. */
export const COMMANDS: readonly CliCommand[] = [
  serveCommand,
  sandboxCommand,
  paymentsOpenCommand,
  paymentsResolveCommand,
  paymentsCheckCommand,
  reconcileCommand,
  eventsCommand,
  subscriptionsCommand,
  subscriptionsResumeCommand,
  verifyCommand,
  viewRebuildCommand,
  migrateUpCommand,
  migrateStatusCommand,
  migratePrintCommand,
  migrateStoreCommand,
];

/** Runs the program; resolves with its exit code. */
export async function runCli(args: readonly string[], context: CliContext): Promise<number> {
  const [first = ''] = args;
  const named = !first.startsWith('-') && first !== '';
  const command = named ? commandNamed(args) : serveCommand;
  if (command === undefined) {
    context.printError(
      `${withoutSecrets(first)}: no such command; there are: ${COMMANDS.map(({ name }) => name).join(', ')}`,
    );
    return EXIT_USAGE;
  }
  const own = named ? args.slice(wordsOf(command).length) : args;
  if (own.includes('--help') || own.includes('-h')) {
    context.print(named ? command.help() : overview());
    return EXIT_OK;
  }
  if (!named && (own.includes('--version') || own.includes('-v'))) {
    context.print(packageVersion());
    return EXIT_OK;
  }
  try {
    return await command.run(own, context);
  } catch (error) {
    context.printError(`${PROGRAM}: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT_FAILURE;
  }
}

function commandNamed(args: readonly string[]): CliCommand | undefined {
  const named = COMMANDS.filter((command) => wordsOf(command).every((word, index) => args[index] === word));
  // `subscriptions resume` is no `subscriptions` with an argument.
  return named.toSorted((a, b) => wordsOf(b).length - wordsOf(a).length)[0];
}

function wordsOf({ name }: CliCommand): readonly string[] {
  return name.split(' ');
}

function overview(): string {
  const width = Math.max(...COMMANDS.map(({ name }) => name.length));
  return [
    `Usage: ${PROGRAM} [COMMAND] [OPTIONS]`,
    '',
    'Commands:',
    ...COMMANDS.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`),
    '',
    `${PROGRAM} COMMAND --help tells more about one; --version prints the version.`,
    '',
    serveCommand.help(),
  ].join('\n');
}
