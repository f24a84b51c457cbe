import { processEnvironment } from '../../config/environment.ts';
import { createLogger } from '../../observe/log.ts';
import { redirectConsole } from '../../observe/output/redirect-console.ts';
import { standardError, standardOutput } from '../../observe/output/standard-streams.ts';
import { EXIT_FAILURE, EXIT_OK, type ProgramContext } from '../command.ts';
import { endAtOnce, endCommand, endService } from './end-process.ts';
import { terminalColumns } from '../help/help-width.ts';
import { isStartedByNohup, readNohupTraces } from './nohup.ts';
import { CommandFailure, reportThrown, wantsJson } from '../report.ts';
import { runCli } from '../run.ts';
import { listenForStop } from './stop-signal.ts';

/** Bytes that a command which prints without an end may have waiting for its reader. */
const UNPRINTED_BYTES_MAX = 64 * 1024;

/** Runs the program in this process, with the process's arguments, environment, streams and signals, and ends it. */
export async function runProgram(): Promise<never> {
  const outputs = [standardOutput(), standardError()] as const;
  const [output, errors] = outputs;
  const env = processEnvironment();
  const ignoresHangup = isStartedByNohup(readNohupTraces(env));
  // Even an empty listener keeps the signal from ending the process.
  if (ignoresHangup) process.on('SIGHUP', () => undefined);
  endOnUncaughtException();
  redirectConsole(output, errors);

  let isService = false;
  let unwritten: NodeJS.ErrnoException | null = null;
  const outputLost = new AbortController();
  const context: ProgramContext = {
    env,
    terminalColumns,
    print: (line) =>
      output.write(`${line}\n`, (error) => {
        if (error !== null) outputLost.abort(error);
        // A reader that ended (`| head`) has what it wanted.
        if (error !== null && error.code !== 'EPIPE') unwritten ??= error;
      }),
    printed: () => (output.pendingBytes() > UNPRINTED_BYTES_MAX ? output.idle() : Promise.resolve()),
    outputLost: outputLost.signal,
    printError: (line) => errors.write(`${line}\n`),
    stopSignal() {
      isService = true;
      return listenForStop({
        source: process,
        now: () => performance.now(),
        exit: (code) => void endAtOnce(code),
        ignoresHangup,
      });
    },
  };

  const code = await runCli(process.argv.slice(2), context);
  if (isService) return await endService(code, outputs);
  await output.idle();
  return await endCommand(codeAfter(code, unwritten, context), outputs);
}

/** A command of which the result is lost has failed, even if it went well. */
function codeAfter(code: number, unwritten: NodeJS.ErrnoException | null, context: ProgramContext): number {
  if (unwritten === null) return code;
  const failure = new CommandFailure('output_not_written', `cannot write to standard output: ${unwritten.message}`);
  reportThrown({ ...context, json: wantsJson(process.argv.slice(2)) }, failure);
  return code === EXIT_OK ? EXIT_FAILURE : code;
}

function endOnUncaughtException(): void {
  let isEnding = false;
  process.on('uncaughtException', (error) => {
    if (isEnding) return void endAtOnce(EXIT_FAILURE);
    isEnding = true;
    createLogger('fatal').fatal({ err: error }, 'uncaught: the process ends');
    void endService(EXIT_FAILURE, [standardOutput(), standardError()]);
  });
}
