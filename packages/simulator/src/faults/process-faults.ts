import type { SeededRandom } from '@reservations/core/testing';
import type { History } from '../evidence/history.ts';
import type { SimProcess } from '../world/process.ts';
import type { FaultRates } from './fault-rates.ts';
import type { Counters } from '../evidence/counters.ts';
import type { World } from '../world/world.ts';

/** Dependencies of a simulated call from a process to one of its ports. */
export interface CallDeps {
  readonly world: World;
  readonly random: SeededRandom;
  readonly history: History;
  readonly counters: Counters;
  /** The present rates. Called for each call: they are 0 once the faults have ended. */
  faults(): FaultRates;
}

/** Faults of a process before and after its calls. */
export interface ProcessFaults {
  /** Ends the process with this probability; true when it is dead. */
  crash(probability: number, where: string, about: string | null): boolean;
  /** Freezes the process with this probability. */
  freeze(probability: number, where: string, about: string | null): void;
}

/** Bounds of a freeze: around a lease of 20 s, so that it often ends just after another server took over. */
const FREEZE_MS = { min: 15_000, max: 28_000 };

/** Builds the faults of one process. */
export function createProcessFaults(process: SimProcess, { random, history, counters }: CallDeps): ProcessFaults {
  return {
    crash(probability, where, about) {
      if (process.isDead() || !random.chance(probability)) return process.isDead();
      history.add(process.name, `crashes ${where}`, about);
      counters.crashes += 1;
      process.die();
      return true;
    },
    freeze(probability, where, about) {
      if (!random.chance(probability)) return;
      const ms = random.integer(FREEZE_MS.min, FREEZE_MS.max);
      history.add(process.name, `freezes ${where} for ${ms} ms`, about);
      counters.freezes += 1;
      process.freeze(ms);
    },
  };
}

/** The result of a dead process's call: never settles. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
