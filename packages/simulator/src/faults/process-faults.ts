import type { History } from '../evidence/history.ts';
import type { SimProcess } from '../world/process.ts';
import type { Random } from '../world/seeded-random.ts';
import type { Faults } from './swarm.ts';
import type { Tally } from '../evidence/counters.ts';
import type { World } from '../world/world.ts';

/** What stands between a process and what it calls. */
export interface CallDeps {
  readonly world: World;
  readonly random: Random;
  readonly history: History;
  readonly tally: Tally;
  /** Asked anew for each call: faults end when the run heals. */
  faults(): Faults;
}

/** What can befall a process around its calls. */
export interface Mishaps {
  /** Lets the process die with this probability; true when it is dead. */
  crash(probability: number, where: string, about: string | null): boolean;
  /** Lets the process freeze with this probability. */
  freeze(probability: number, where: string, about: string | null): void;
}

/** Bounds of a freeze: around a lease of 20 s, so that it often ends while somebody else has just begun. */
const FREEZE_MS = { min: 15_000, max: 28_000 };

/** Builds the mishaps of one process. */
export function createMishaps(process: SimProcess, { random, history, tally }: CallDeps): Mishaps {
  return {
    crash(probability, where, about) {
      if (process.isDead() || !random.chance(probability)) return process.isDead();
      history.add(process.name, `crashes ${where}`, about);
      tally.crashes += 1;
      process.die();
      return true;
    },
    freeze(probability, where, about) {
      if (!random.chance(probability)) return;
      const ms = random.int(FREEZE_MS.min, FREEZE_MS.max);
      history.add(process.name, `freezes ${where} for ${ms} ms`, about);
      tally.freezes += 1;
      process.freeze(ms);
    },
  };
}

/** What a dead process gets for an answer. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}
