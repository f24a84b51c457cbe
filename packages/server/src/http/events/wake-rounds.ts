/** Readers that are woken in one turn of the event loop: each then writes to its connection. */
const WOKEN_AT_A_TIME = 25;

/** Pause between the beginnings of two rounds for each reader: 50 ms for a thousand. */
const PAUSE_MS_EACH = 0.05;

/**
 * Returns a function that wakes all readers soon, in rounds: few in one turn of the event loop, so that other connections
 * are served in between, and with a pause that grows with their number, so that what comes meanwhile is one write for each.
 */
export function createWakeRounds(readers: ReadonlySet<() => void>): () => void {
  let isDue = false;
  let nextAtMs = 0;

  function begin(): void {
    isDue = false;
    nextAtMs = performance.now() + readers.size * PAUSE_MS_EACH;
    wakeSome([...readers], 0);
  }

  return () => {
    if (isDue) return;
    isDue = true;
    const waitMs = nextAtMs - performance.now();
    // At the end of the turn at the earliest: what was committed together is written together.
    if (waitMs <= 0) setImmediate(begin);
    else setTimeout(begin, waitMs);
  };
}

function wakeSome(readers: readonly (() => void)[], from: number): void {
  const next = from + WOKEN_AT_A_TIME;
  for (const wake of readers.slice(from, next)) wake();
  if (next < readers.length) setImmediate(wakeSome, readers, next);
}
