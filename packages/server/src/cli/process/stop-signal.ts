import { constants } from 'node:os';

/** The signals that ask a command to stop in good order. SIGHUP: its terminal was closed. */
const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

type StopSignal = (typeof STOP_SIGNALS)[number];

/**
 * Signals that arrive within this time of the first are the same request. A terminal delivers Ctrl-C to every process
 * in the foreground, and npm (with bash as its shell) passes it on a second time, milliseconds later, more on a loaded
 * machine; systemd sends SIGHUP right behind SIGTERM. An operator who sees that the first one did not end the process,
 * and presses again, takes longer.
 */
export const SAME_REQUEST_MS = 500;

/** The part of the process that signals come from. */
interface SignalSource {
  on(signal: StopSignal, listener: () => void): unknown;
}

/** What {@link listenForStop} works with. */
export interface StopOptions {
  readonly source: SignalSource;
  /** Milliseconds of a clock that only goes forward. */
  now(): number;
  /** Ends the process at once. */
  exit(code: number): void;
  /** Leaves SIGHUP alone. */
  readonly ignoresHangup: boolean;
}

/**
 * Returns a signal that aborts at the first request to stop. A request that comes later than {@link SAME_REQUEST_MS}
 * after it ends the process at once, with 128 and the signal's number, as is the convention; SIGHUP never does, since
 * the end of a terminal can bring it several times.
 */
export function listenForStop({ source, now, exit, ignoresHangup }: StopOptions): AbortSignal {
  const controller = new AbortController();
  let requestedAt = 0;
  for (const signal of STOP_SIGNALS) {
    source.on(signal, () => {
      if (signal === 'SIGHUP' && ignoresHangup) return;
      if (!controller.signal.aborted) {
        requestedAt = now();
        controller.abort();
      } else if (signal !== 'SIGHUP' && now() - requestedAt > SAME_REQUEST_MS) {
        exit(128 + constants.signals[signal]);
      }
    });
  }
  return controller.signal;
}
