import type { PlantedBug } from '../bugs/planted-bug.ts';
import { simulate, type SimulationResult } from './simulate.ts';
import { FAULT_NAMES } from '../faults/fault-rates.ts';
import type { Swarm } from '../faults/swarm.ts';

/** A failing run with as little as possible switched on. */
export interface Shrunk {
  readonly result: SimulationResult;
  /** What was switched off. */
  readonly without: readonly string[];
}

/**
 * Switches things off one at a time, while the same invariant is still violated. Each component draws from a sequence
 * of its own, so that a component that draws less hardly changes the others.
 */
export async function shrink(failed: SimulationResult, bug: PlantedBug | undefined): Promise<Shrunk> {
  let result = failed;
  const without: string[] = [];
  for (let hasShrunk = true; hasShrunk;) {
    hasShrunk = false;
    for (const { name, swarm } of simpler(result.swarm)) {
      const attempt = await simulate(failed.seed, { bug, swarm });
      if (attempt.violation?.number !== failed.violation?.number) continue;
      result = attempt;
      without.push(name);
      hasShrunk = true;
      break;
    }
  }
  return { result, without };
}

interface Simpler {
  readonly name: string;
  readonly swarm: Swarm;
}

/** Every configuration that is one step simpler, large steps first. */
function simpler(swarm: Swarm): readonly Simpler[] {
  const fewer: readonly ['clients' | 'requestsPerClient' | 'servers', number][] = [
    ['clients', Math.floor(swarm.clients / 2)],
    ['clients', swarm.clients - 1],
    ['requestsPerClient', Math.floor(swarm.requestsPerClient / 2)],
    ['requestsPerClient', swarm.requestsPerClient - 1],
    ['servers', swarm.servers - 1],
  ];
  const sizes = fewer
    .filter(([, value]) => value >= 1)
    .map(([name, value]): Simpler => ({ name: `${name} ${value}`, swarm: { ...swarm, [name]: value } }));
  const users = (['unresolvableUsers', 'declinedUsers'] as const)
    .filter((name) => swarm[name] > 0)
    .map((name): Simpler => ({ name, swarm: { ...swarm, [name]: 0 } }));
  const faults = FAULT_NAMES.filter((name) => swarm.faults[name] > 0).map((name): Simpler => ({
    name,
    swarm: { ...swarm, faults: { ...swarm.faults, [name]: 0 } },
  }));
  const answer: readonly Simpler[] =
    swarm.answerUnknownAs === 'failed'
      ? [{ name: 'answerUnknownAs failed', swarm: { ...swarm, answerUnknownAs: 'pending' } }]
      : [];
  const operator: readonly Simpler[] = swarm.hasOperator
    ? [{ name: 'operator', swarm: { ...swarm, hasOperator: false } }]
    : [];
  const repairer: readonly Simpler[] = swarm.hasRepairer
    ? [{ name: 'repairer', swarm: { ...swarm, hasRepairer: false } }]
    : [];
  return [...sizes, ...faults, ...users, ...answer, ...operator, ...repairer];
}
