/** What a command may use of the process around it. */
export interface CliContext {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  printError(line: string): void;
  /**
   * Aborts when the process is asked to stop (SIGTERM, SIGINT, SIGHUP); a second request, later, ends it at once. For
   * services, which must end even when their output cannot be written. A command that never calls this ends by the
   * first signal.
   */
  stopSignal(): AbortSignal;
}

/** One command of the program. */
export interface CliCommand {
  readonly name: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  /** The whole text of `NAME --help`. */
  help(): string;
  /** Runs with the arguments behind the name; resolves with the exit code. */
  run(args: readonly string[], context: CliContext): Promise<number>;
}

/** All went well. */
export const EXIT_OK = 0;
/** It was asked for rightly and did not work out. */
export const EXIT_FAILURE = 1;
/** Arguments or environment are wrong; nothing was done. */
export const EXIT_USAGE = 2;

/** Tells every fault of arguments and environment, and where to read on. */
export function reportFaults(context: CliContext, command: string, faults: readonly string[]): number {
  for (const fault of faults) context.printError(fault);
  context.printError(`see: ${PROGRAM} ${command} --help`);
  return EXIT_USAGE;
}

/** The program's name. */
export const PROGRAM = 'reservations-server';
