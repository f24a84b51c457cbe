import { constants } from 'node:os';

/** Signals that end a process by default. */
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type Signal = (typeof SIGNALS)[number];

/** The part of a process that {@link endFirstProcessBySignals} works with. */
export interface FirstProcess {
  readonly pid: number;
  on(signal: Signal, listener: () => void): unknown;
  listenerCount(signal: Signal): number;
  exit(code: number): void;
}

/**
 * Makes the signals that end any process end process 1 of a container, too, with 128 and the signal's number as exit
 * code. The system drops a signal for process 1 that has no listener: a command would not end by Ctrl-C, and a server
 * would miss a SIGTERM that comes while it is being loaded. A later listener for the signal takes precedence. No effect
 * in any other process.
 */
export function endFirstProcessBySignals(process: FirstProcess): void {
  if (process.pid !== 1) return;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (process.listenerCount(signal) === 1) process.exit(128 + constants.signals[signal]);
    });
  }
}
