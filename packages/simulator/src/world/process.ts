import type { Runtime } from '@reservations/core';
import type { PaymentIdempotency } from '@reservations/core/ports';
import type { SeededRandom } from '@reservations/core/testing';
import type { Owner, World } from './world.ts';

/** A simulated process: from its start to its crash or to the end of a graceful stop. */
export interface SimProcess extends Owner {
  readonly runtime: Runtime;
  /** The payment idempotency that this process is configured with. */
  readonly mode: PaymentIdempotency;
  /** World time at which a graceful stop began; null before. */
  stoppingSince: number | null;
  /** World time at which it died; null before. */
  diedAt(): number | null;
  /** Ends the process: none of its code runs again. What it has sent still arrives. */
  die(): void;
  /** Holds back its events for `ms`; then everything that was due runs. */
  freeze(ms: number): void;
  /** Shifts its clock by `ms`. */
  jump(ms: number): void;
  /** Sets its clock to world time. */
  correctClock(): void;
}

/** Makes UUIDv7s that sort in the order of their creation, across all processes. */
export interface UuidSource {
  next(epochMs: number): string;
}

/** Builds the id source of one run. */
export function createUuidSource(): UuidSource {
  let count = 0;
  let latest = 0;
  return {
    next(epochMs) {
      count += 1;
      latest = Math.max(latest, Math.floor(epochMs));
      const time = latest.toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${count.toString(16).padStart(12, '0')}`;
    },
  };
}

/** Starts a process whose clock shows world time plus `skewMs`. */
export function createProcess(
  name: string,
  deps: {
    readonly world: World;
    readonly random: SeededRandom;
    readonly uuids: UuidSource;
    readonly mode: PaymentIdempotency;
    readonly skewMs: number;
  },
): SimProcess {
  const { world, random, uuids } = deps;
  let { skewMs } = deps;
  let diedAt: number | null = null;
  let frozenUntil = 0;

  const process: SimProcess = {
    name,
    mode: deps.mode,
    stoppingSince: null,
    isDead: () => diedAt !== null,
    frozenUntil: () => frozenUntil,
    localTime: () => world.now() + skewMs,
    random: () => random.next(),
    diedAt: () => diedAt,
    die() {
      diedAt ??= world.now();
    },
    freeze(ms) {
      frozenUntil = Math.max(frozenUntil, world.now() + ms);
    },
    jump(ms) {
      skewMs += ms;
    },
    correctClock() {
      skewMs = 0;
    },
    runtime: {
      clock: { now: () => process.localTime(), sleep },
      newUuid: () => uuids.next(world.now()),
      random: () => random.next(),
    },
  };

  function sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal.aborted) return resolve();
      const scheduled = world.after(ms, process, wake);
      function wake(): void {
        scheduled.cancel();
        signal.removeEventListener('abort', wake);
        resolve();
      }
      signal.addEventListener('abort', wake);
    });
  }

  return process;
}
