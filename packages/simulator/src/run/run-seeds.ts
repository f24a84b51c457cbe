import { PLANTED_BUGS } from '../bugs/bugs.ts';
import type { PlantedBug } from '../bugs/planted-bug.ts';
import { simulate, type SimulationResult } from './simulate.ts';
import { addCounters, createCounters, type Counters } from '../evidence/counters.ts';

/** The results of many seeds. */
export interface RunResult {
  readonly seeds: number;
  readonly counters: Counters;
  readonly failed: readonly SimulationResult[];
}

/** Which seeds to run, and for how long. */
export interface RunOptions {
  readonly firstSeed: number;
  readonly bug?: PlantedBug | undefined;
  /** Called before each seed with the number of seeds so far and of those that failed. */
  shouldContinue(seeds: number, failed: number): boolean;
}

/** Runs seeds one after the other. */
export async function runSeeds({ firstSeed, bug, shouldContinue }: RunOptions): Promise<RunResult> {
  const counters = createCounters();
  const failed: SimulationResult[] = [];
  let seeds = 0;
  while (shouldContinue(seeds, failed.length)) {
    const result = await simulate(firstSeed + seeds, { bug });
    seeds += 1;
    addCounters(counters, result.counters);
    if (result.violation !== null) failed.push(result);
  }
  return { seeds, counters, failed };
}

/** Whether and how a planted bug was found. */
export interface BugDetection {
  readonly bug: PlantedBug;
  /** Seeds until it was found; null when it was not. */
  readonly afterSeeds: number | null;
  readonly found: SimulationResult['violation'];
}

/** Plants every bug and counts the seeds until it is found, at most `seedsMax`. */
export async function detectBugs(firstSeed: number, seedsMax: number): Promise<readonly BugDetection[]> {
  const detections: BugDetection[] = [];
  for (const bug of PLANTED_BUGS) {
    const shouldContinue = (seeds: number, failed: number): boolean => failed === 0 && seeds < seedsMax;
    const { seeds, failed } = await runSeeds({ firstSeed, bug, shouldContinue });
    const [first] = failed;
    detections.push({ bug, afterSeeds: first === undefined ? null : seeds, found: first?.violation ?? null });
  }
  return detections;
}
