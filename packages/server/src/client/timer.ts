/** A bound on the time of one request. */
export interface Timer {
  /** Aborts when the time is over, or with the caller's signal. */
  readonly signal: AbortSignal;
  /** Resolves as the work does. @throws the signal's reason as soon as it aborts, whether the work heeds it or not. */
  race<Value>(work: Promise<Value>): Promise<Value>;
  /** Begins the time anew; `null` stops it until the next call. */
  restart(ms: number | null): void;
  /** Releases everything. */
  stop(): void;
}

/** Starts a timer. @throws the reason of a signal that has aborted. */
export function startTimer(ms: number, outer: AbortSignal | undefined): Timer {
  outer?.throwIfAborted();
  const controller = new AbortController();
  const { signal } = controller;
  const start = (timeMs: number): ReturnType<typeof setTimeout> =>
    setTimeout(() => controller.abort(timedOut(timeMs)), timeMs);
  let timeout = start(ms);
  const abort = (): void => controller.abort(outer?.reason);
  outer?.addEventListener('abort', abort, { once: true });
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  return {
    signal,
    race: (work) => Promise.race([work, aborted]),
    restart(timeMs) {
      clearTimeout(timeout);
      if (timeMs !== null) timeout = start(timeMs);
    },
    stop() {
      clearTimeout(timeout);
      outer?.removeEventListener('abort', abort);
    },
  };
}

function timedOut(ms: number): DOMException {
  return new DOMException(`no answer within ${ms} ms`, 'TimeoutError');
}

/** Waits. @throws the reason of the signal as soon as it aborts. */
export async function pause(ms: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const abort = (): void => {
      clearTimeout(timeout);
      reject(signal?.reason as Error);
    };
    const timeout = setTimeout(() => {
      signal?.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal?.addEventListener('abort', abort, { once: true });
  });
}
