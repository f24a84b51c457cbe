import { columnsIn } from '../config/environment.ts';
import { packageVersion } from '../compose/package-version.ts';
import { type CliCommand, type CliContext, EXIT_OK, PROGRAM, type ProgramContext } from './command.ts';
import { configPrintCommand } from './commands/config-print.ts';
import { doctorCommand } from './commands/doctor.ts';
import { eventsCommand } from './commands/events/events.ts';
import { keysCreateCommand } from './commands/keys/keys-create.ts';
import { keysListCommand } from './commands/keys/keys-list.ts';
import { keysRevokeCommand } from './commands/keys/keys-revoke.ts';
import { findReservationsCommand } from './commands/find.ts';
import { findCommand, type Found } from './help/find-command.ts';
import { describeCommand, describeGroup, describeProgram } from './help/help.ts';
import { helpWidth } from './help/help-width.ts';
import { migratePrintCommand } from './commands/migrate-print.ts';
import { migrateStatusCommand } from './commands/migrate-status.ts';
import { migrateUpCommand } from './commands/migrate-up.ts';
import { migrateStoreCommand } from './commands/migrate-store.ts';
import { paymentsCheckCommand } from './commands/payments-check.ts';
import { paymentsOpenCommand } from './commands/payments-open.ts';
import { paymentsResolveCommand } from './commands/payments-resolve.ts';
import { reconcileCommand } from './commands/reconcile/reconcile.ts';
import { reportUnknownCommand, wantsJson } from './report.ts';
import { sandboxCommand } from './commands/sandbox/sandbox.ts';
import { serveCommand } from './commands/serve.ts';
import { subscriptionsCommand } from './commands/subscriptions.ts';
import { subscriptionsResumeCommand } from './commands/subscriptions-resume.ts';
import { verifyCommand } from './commands/verify.ts';
import { viewRepairCommand } from './commands/view-repair.ts';

/** Every command, the default one first. A name of two words is two arguments. */
export const COMMANDS: readonly CliCommand[] = [
  serveCommand,
  sandboxCommand,
  paymentsOpenCommand,
  paymentsResolveCommand,
  paymentsCheckCommand,
  reconcileCommand,
  findReservationsCommand,
  eventsCommand,
  subscriptionsCommand,
  subscriptionsResumeCommand,
  keysCreateCommand,
  keysListCommand,
  keysRevokeCommand,
  verifyCommand,
  viewRepairCommand,
  migrateUpCommand,
  migrateStatusCommand,
  migratePrintCommand,
  migrateStoreCommand,
  configPrintCommand,
  doctorCommand,
];

/** Runs the program; resolves with its exit code. */
export async function runCli(args: readonly string[], around: ProgramContext): Promise<number> {
  const context: CliContext = { ...around, json: wantsJson(args) };
  const found = findCommand(args, COMMANDS);
  switch (found.kind) {
    case 'command':
      return await found.command.run(found.args, context);
    case 'no-command':
      if (!args.includes('--version') && !args.includes('-v')) return await serveCommand.run(args, context);
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

function widthOf({ terminalColumns, env }: CliContext): number {
  return helpWidth(terminalColumns(), columnsIn(env));
}

function describeUnknown({ found, near, names }: Extract<Found, { kind: 'unknown' }>): readonly string[] {
  if (near === null) return [`${found}: no such command; there are: ${names.join(', ')}`];
  return [`${found}: no such command; did you mean ${near}?`, `see: ${PROGRAM} --help`];
}
