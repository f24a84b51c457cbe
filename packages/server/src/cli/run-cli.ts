import { packageVersion } from '../version.ts';
import { type CliCommand, type CliContext, EXIT_OK, PROGRAM, type ProgramContext } from './command.ts';
import { eventsCommand } from './events.ts';
import { findCommand, type Found } from './find-command.ts';
import { describeCommand, describeGroup, describeProgram } from './help.ts';
import { helpWidth } from './help-width.ts';
import { migratePrintCommand } from './migrate-print.ts';
import { migrateStatusCommand } from './migrate-status.ts';
import { migrateUpCommand } from './migrate-up.ts';
import { migrateStoreCommand } from './migrate-store.ts';
import { paymentsCheckCommand } from './payments-check.ts';
import { paymentsOpenCommand } from './payments-open.ts';
import { paymentsResolveCommand } from './payments-resolve.ts';
import { reconcileCommand } from './reconcile.ts';
import { reportThrown, reportUnknownCommand, wantsJson } from './report.ts';
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
export async function runCli(args: readonly string[], around: ProgramContext): Promise<number> {
  const context: CliContext = { ...around, json: wantsJson(args) };
  const found = findCommand(args, COMMANDS);
  switch (found.kind) {
    case 'command':
      return await runCommand(found.command, found.args, context);
    case 'no-command':
      if (!args.includes('--version') && !args.includes('-v')) return await runCommand(serveCommand, args, context);
      context.print(packageVersion());
      return EXIT_OK;
    case 'program-help':
      context.print(describeProgram(COMMANDS, serveCommand, widthOf(context)));
      return EXIT_OK;
    case 'command-help':
      context.print(describeCommand(found.command, found.below, widthOf(context)));
      return EXIT_OK;
    case 'group-help':
      context.print(describeGroup(found.group, found.commands, widthOf(context)));
      return EXIT_OK;
    case 'group-alone': {
      const help = describeGroup(found.group, found.commands, widthOf(context));
      const names = found.commands.map(({ name }) => name).join(', ');
      return reportUnknownCommand(context, [help], `${found.group}: expected one of its commands: ${names}`);
    }
    case 'unknown': {
      const lines = describeUnknown(found);
      return reportUnknownCommand(context, lines, lines.join(' '));
    }
  }
}

async function runCommand(command: CliCommand, args: readonly string[], context: CliContext): Promise<number> {
  try {
    return await command.run(args, context);
  } catch (error) {
    return reportThrown(context, error);
  }
}

function widthOf({ terminalColumns, env }: CliContext): number {
  return helpWidth(terminalColumns(), env['COLUMNS']);
}

function describeUnknown({ found, near, names }: Extract<Found, { kind: 'unknown' }>): readonly string[] {
  if (near === null) return [`${found}: no such command; there are: ${names.join(', ')}`];
  return [`${found}: no such command; did you mean ${near}?`, `see: ${PROGRAM} --help`];
}
