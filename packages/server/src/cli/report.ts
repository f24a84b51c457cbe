import { isReservationError } from '@reservations/core';
import { DatabaseNotFoundError } from '../compose/database-not-found.ts';
import { type CliContext, EXIT_FAILURE, EXIT_USAGE, PROGRAM } from './command.ts';

/** An error of a command as a program reads it. */
interface CommandError {
  /** Stable, in lower case with underscores. */
  readonly code: string;
  readonly message: string;
  /** Each fault of arguments and environment. */
  readonly faults?: readonly string[];
}

/** Tells whether errors are to be JSON: `--json` is among the arguments, whether the command knows it or not. */
export function wantsJson(args: readonly string[]): boolean {
  return args.some((arg) => /^--json(?:=true)?$/i.test(arg));
}

/** Returns the line of an error under `--json`. */
function errorLine(error: CommandError): string {
  return JSON.stringify({ error });
}

/** Reports every fault of arguments and environment, and where to read on. */
export function reportFaults(context: CliContext, command: string, faults: readonly string[]): number {
  const see = `see: ${PROGRAM} ${command} --help`;
  if (context.json) {
    const message = `The arguments or the environment are wrong; ${see}`;
    context.printError(errorLine({ code: 'invalid_usage', message, faults }));
  } else for (const line of [...faults, see]) context.printError(line);
  return EXIT_USAGE;
}

/** Reports a command that does not exist or is not complete; `lines` are the text, `message` is what a program gets. */
export function reportUnknownCommand(context: CliContext, lines: readonly string[], message: string): number {
  if (context.json) context.printError(errorLine({ code: 'unknown_command', message }));
  else for (const line of lines) context.printError(line);
  return EXIT_USAGE;
}

/** Reports why a command was refused. */
export function reportRefusal(context: CliContext, code: string, message: string): number {
  context.printError(context.json ? errorLine({ code, message }) : message);
  return EXIT_FAILURE;
}

/** Reports what a command threw. */
export function reportThrown(context: CliContext, error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  return reportRefusal(context, codeOf(error), context.json ? message : `${PROGRAM}: ${message}`);
}

function codeOf(error: unknown): string {
  if (error instanceof CommandFailure || error instanceof DatabaseNotFoundError) return error.code;
  return isReservationError(error) ? error.code.toLowerCase() : 'command_failed';
}

/** An error that ends a command, with its own code. */
export class CommandFailure extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'CommandFailure';
    this.code = code;
  }
}

/** Reports a warning; the command continues. */
export function reportWarning(context: CliContext, message: string): void {
  context.printError(context.json ? JSON.stringify({ warning: { message } }) : `warning: ${message}`);
}
