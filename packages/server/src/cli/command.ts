import type { Environment } from '../config/environment.ts';
import type { AnySetting } from '../config/settings.ts';

/** The process around the program, as far as the program uses it. */
export interface ProgramContext {
  readonly env: Environment;
  /** Columns of the terminal that standard output is; undefined when it is none. */
  terminalColumns(): number | undefined;
  /** Writes a line to standard output. */
  print(line: string): void;
  /** Writes a line to standard error. */
  printError(line: string): void;
  /** Resolves when all but a little of what was printed was taken; never while a reader takes nothing. */
  printed(): Promise<void>;
  /** Aborts when a line could not be printed, with the error as its reason: EPIPE when the reader has ended. */
  readonly outputLost: AbortSignal;
  /**
   * Aborts when the process is asked to stop (SIGTERM, SIGINT, SIGHUP); a second request, later, ends it at once. For
   * services, which must end even when their output cannot be written. A command that never calls this ends by the
   * first signal.
   */
  stopSignal(): AbortSignal;
}

/** The program's context and how the command reports. */
export interface CliContext extends ProgramContext {
  /** Errors and warnings are JSON, one object a line. */
  readonly json: boolean;
}

/** One command of the program. */
export interface CliCommand {
  /** One word, or two of which the first names a group. */
  readonly name: string;
  /** A few words for the list of commands. */
  readonly summary: string;
  /** The usage line behind the program's name. */
  readonly usage: string;
  /** What it does, and its exit codes; an empty line between paragraphs. */
  readonly about: string;
  readonly settings: Readonly<Record<string, AnySetting>>;
  /** Runs with the arguments behind the name; resolves with the exit code. */
  run(args: readonly string[], context: CliContext): Promise<number>;
}

/** Success. */
export const EXIT_OK = 0;
/** The arguments were right and the command failed, or found something that needs attention. */
export const EXIT_FAILURE = 1;
/** Arguments or environment are wrong; nothing was done. */
export const EXIT_USAGE = 2;

/** The program's name. */
export const PROGRAM = 'reservations-server';
