import { setTimeout as wait } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or as soon as the signal aborts; never rejects. */
export async function pause(ms: number, signal?: AbortSignal): Promise<void> {
  await wait(ms, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
}

/** Polls until the condition is true. Resolves to false after `timeoutMs`. */
export async function eventually(
  condition: () => boolean | Promise<boolean>,
  timeoutMs: number,
  everyMs: number = EVERY_MS,
): Promise<boolean> {
  const until = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() >= until) return false;
    await pause(everyMs);
  }
  return true;
}

const EVERY_MS = 20;
