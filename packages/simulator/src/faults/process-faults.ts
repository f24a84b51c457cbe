import type { History } from '../evidence/history.ts';
import type { SimProcess } from '../world/process.ts';
import type { SeededRandom } from '../world/seeded-random.ts';
import type { FaultRates } from './swarm.ts';
import type { Counters } from '../evidence/counters.ts';
import type { World } from '../world/world.ts';

/** What stands between a process and what it calls. */
export interface CallDeps {
  readonly world: World;
  readonly random: SeededRandom;
  readonly history: History;
  readonly counters: Counters;
  /** Asked anew for each call: faults end when the run heals. */
  faults(): FaultRates;
}

/** What can befall a process around its calls. */
export interface ProcessFaults {
  /** Lets the process die with this probability; true when it is dead. */
  crash(probability: number, where: string, about: string | null): boolean;
  /** Lets the process freeze with this probability. */
  freeze(probability: number, where: string, about: string | null): void;
}

/** Bounds of a freeze: around a lease of 20 s, so that it often ends while somebody else has just begun. */
const FREEZE_MS = { min: 15_000, max: 28_000 };

/** Builds the processFaults of one process. */
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

/** What a dead process gets for an answer. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
