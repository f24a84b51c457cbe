import { BUGS } from '../bugs/bugs.ts';
import type { Bug } from '../bugs/planted-bug.ts';
import { simulate, type SimulationResult } from './simulate.ts';
import { addTally, createTally, type Tally } from '../evidence/counters.ts';

/** What came of many seeds. */
export interface RunResult {
  readonly seeds: number;
  readonly tally: Tally;
  readonly failed: readonly SimulationResult[];
}

/** How many seeds to run, or until when. */
export interface RunOptions {
  readonly firstSeed: number;
  readonly bug?: Bug | undefined;
  /** Asked before each seed, with the number of seeds so far and of those that failed. */
  goesOn(seeds: number, failed: number): boolean;
}

/** Runs seed after seed. */
export async function runSeeds({ firstSeed, bug, goesOn }: RunOptions): Promise<RunResult> {
  const tally = createTally();
  const failed: SimulationResult[] = [];
  let seeds = 0;
  while (goesOn(seeds, failed.length)) {
    const result = await simulate(firstSeed + seeds, { bug });
    seeds += 1;
    addTally(tally, result.tally);
    if (result.violation !== null) failed.push(result);
  }
  return { seeds, tally, failed };
}

/** How a planted bug was found, if it was. */
export interface Catch {
  readonly bug: Bug;
  /** The first seed that shows it, counted from 1; null when none did. */
  readonly afterSeeds: number | null;
  readonly found: SimulationResult['violation'];
}

/** Plants every bug and counts the seeds until it is seen, at most `seedsMax`. */
export async function catchBugs(firstSeed: number, seedsMax: number): Promise<readonly Catch[]> {
  const caught: Catch[] = [];
  for (const bug of BUGS) {
    const goesOn = (seeds: number, failed: number): boolean => failed === 0 && seeds < seedsMax;
    const { seeds, failed } = await runSeeds({ firstSeed, bug, goesOn });
    const [first] = failed;
    caught.push({ bug, afterSeeds: first === undefined ? null : seeds, found: first?.violation ?? null });
  }
  return caught;
}
