import type { Runtime } from '../ports/runtime.ts';

/** A runtime whose clock moves only when told to, and whose ids and randomness repeat exactly. */
export interface ManualRuntime extends Runtime {
  /** Advances time by `ms`, waking sleepers one by one in the order of their times. */
  advance(ms: number): Promise<void>;
}

interface Sleeper {
  readonly wakeAt: number;
  wake(): void;
}

/** Builds a runtime that starts at `startAt` milliseconds since the epoch, 2026-01-01 by default. */
export function createManualRuntime(startAt: number = Date.UTC(2026, 0, 1)): ManualRuntime {
  let now = startAt;
  let uuids = 0;
  const sleepers = new Set<Sleeper>();

  function nextDue(until: number): Sleeper | undefined {
    return [...sleepers].filter(({ wakeAt }) => wakeAt <= until).sort((a, b) => a.wakeAt - b.wakeAt)[0];
  }

  return {
    clock: {
      now: () => now,
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          if (signal.aborted) return resolve();
          const sleeper: Sleeper = {
            wakeAt: now + ms,
            wake() {
              sleepers.delete(sleeper);
              resolve();
            },
          };
          sleepers.add(sleeper);
          signal.addEventListener('abort', () => sleeper.wake(), { once: true });
        }),
    },
    newUuid() {
      uuids += 1;
      const time = now.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${uuids.toString(16).padStart(12, '0')}`;
    },
    random: () => 0.5,
    async advance(ms) {
      const until = now + ms;
      await settleMicrotasks();
      for (let due = nextDue(until); due !== undefined; due = nextDue(until)) {
        now = Math.max(now, due.wakeAt);
        due.wake();
        await settleMicrotasks();
      }
      now = until;
    },
  };
}

/** Runs everything that waits for nothing but promises. */
function settleMicrotasks(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(() => setImmediate(resolve));
  });
}
