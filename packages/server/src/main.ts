#!/usr/bin/env node
import type { CliContext } from './cli/command.ts';
import { isStartedByNohup, readNohupTraces } from './cli/nohup.ts';
import { runCli } from './cli/run-cli.ts';
import { listenForStop } from './cli/stop-signal.ts';
import { createLogger } from './log.ts';

const ignoresHangup = isStartedByNohup(readNohupTraces(process.env));
// Even an empty listener keeps the signal from ending the process.
if (ignoresHangup) process.on('SIGHUP', () => undefined);

const context: CliContext = {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
  stopSignal: () =>
    listenForStop({
      source: process,
      now: () => performance.now(),
      exit: (code) => process.exit(code),
      ignoresHangup,
    }),
};

process.on('uncaughtException', (error) => {
  createLogger('fatal').fatal({ err: error }, 'uncaught: the process ends');
  process.exit(1);
});

process.exit(await runCli(process.argv.slice(2), context));
