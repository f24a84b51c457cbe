#!/usr/bin/env node
import type { CliContext } from './cli/command.ts';
import { runCli } from './cli/run-cli.ts';
import { createLogger } from './log.ts';

const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15 } as const;

function stopSignal(): AbortSignal {
  const controller = new AbortController();
  for (const [signal, number] of Object.entries(SIGNAL_NUMBERS)) {
    process.on(signal, () => {
      // By convention a program that a signal ends exits with 128 and the signal's number.
      if (controller.signal.aborted) process.exit(128 + number);
      controller.abort();
    });
  }
  return controller.signal;
}

const context: CliContext = {
  env: process.env,
  print: (line) => void process.stdout.write(`${line}\n`),
  printError: (line) => void process.stderr.write(`${line}\n`),
  stopSignal,
};

process.on('uncaughtException', (error) => {
  createLogger('fatal').fatal({ err: error }, 'uncaught: the process ends');
  process.exit(1);
});

process.exit(await runCli(process.argv.slice(2), context));
