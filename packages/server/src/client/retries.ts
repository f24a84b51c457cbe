/** First pause between two requests, before jitter; it doubles up to {@link PAUSE_MAX_MS}. */
const PAUSE_MS = 250;

const PAUSE_MAX_MS = 8_000;

/** The tries of one call. */
export interface Retries {
  /** Time that is left for all of them. */
  remainingMs(): number;
  /**
   * Returns the pause before the next request, at least `retryAfterMs`; null when there is none, because all of them were
   * sent or the pause would not end in time.
   */
  next(retryAfterMs: number | null): number | null;
}

/** Begins the tries of one call. */
export function startRetries({ attempts, totalMs }: { readonly attempts: number; readonly totalMs: number }): Retries {
  const end = performance.now() + totalMs;
  const remainingMs = (): number => Math.max(0, Math.ceil(end - performance.now()));
  let sent = 1;
  return {
    remainingMs,
    next(retryAfterMs) {
      if (sent >= attempts) return null;
      const pauseMs = (retryAfterMs ?? 0) + jittered(Math.min(PAUSE_MS * 2 ** (sent - 1), PAUSE_MAX_MS));
      sent += 1;
      return pauseMs < remainingMs() ? pauseMs : null;
    },
  };
}

/** Half of a pause up to all of it, so that clients that were refused together do not come back together. */
function jittered(ms: number): number {
  return Math.ceil(ms * (0.5 + Math.random() / 2));
}
