/** A signal that aborts when one of two signals does, until it is released. */
export interface EitherSignal {
  readonly signal: AbortSignal;
  /** Removes the listeners from both signals. */
  release(): void;
}

/**
 * Combines a signal that lives as long as the engine with the signal of one request, if given. `AbortSignal.any` is not used
 * here: in Node 22 each call leaves something in the signal that lives on, and memory grows with the number of requests.
 */
export function eitherSignal(lasting: AbortSignal, own: AbortSignal | undefined): EitherSignal {
  if (own === undefined) return { signal: lasting, release: () => undefined };
  const either = new AbortController();
  const abort = (): void => either.abort();
  const signals = [lasting, own];
  for (const each of signals) each.addEventListener('abort', abort, { once: true });
  if (signals.some(({ aborted }) => aborted)) abort();
  return {
    signal: either.signal,
    release() {
      for (const each of signals) each.removeEventListener('abort', abort);
    },
  };
}
