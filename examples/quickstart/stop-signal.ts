import { constants } from 'node:os';

/** Signals within this time of the first are one request: npm passes on a Ctrl-C that the terminal has sent already. */
const SAME_REQUEST_MS = 500;

/** Aborts at the first Ctrl-C or SIGTERM. One that comes later, while the process still stops, ends it at once. */
export function stopSignal(): AbortSignal {
  const stop = new AbortController();
  let requestedAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    // Not `once`: without a listener the second signal would end the process before it has stopped in good order.
    process.on(signal, () => {
      if (!stop.signal.aborted) {
        requestedAt = performance.now();
        stop.abort();
      } else if (performance.now() - requestedAt > SAME_REQUEST_MS) process.exit(128 + constants.signals[signal]);
    });
  }
  return stop.signal;
}
