import type { PaymentIdempotency, Runtime } from '@reservations/core';
import type { Owner } from './context.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { World } from './world.ts';

/** One life of one server: from its start to its crash, or to the end of an orderly stop. */
export interface SimProcess extends Owner {
  readonly runtime: Runtime;
  /** How this server is configured to treat the payment service. */
  readonly mode: PaymentIdempotency;
  /** Since when it is stopping in order; null while it is not. World time. */
  stoppingSince: number | null;
  /** When it died; null while it lives. World time. */
  diedAt(): number | null;
  /** From now on nothing of it runs. What it sent is on its way all the same. */
  die(): void;
  /** Nothing of it runs for `ms`, and then everything that was due. */
  freeze(ms: number): void;
  /** Moves its clock. */
  jump(ms: number): void;
  /** Sets its clock right. */
  correctClock(): void;
}

/** Makes UUIDv7s that sort in the order of their making, whoever asks. */
export interface UuidSource {
  next(epochMs: number): string;
}

/** Builds the source of a run's ids. */
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
