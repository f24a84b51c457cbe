import type { SeededRandom } from '@reservations/core/testing';
import type { Simulation } from '../simulation/simulation.ts';

const PAUSE_MS = { min: 200, max: 3_000 };
const PAGE_LIMIT_MAX = 20;

/** Reads the log page by page from the last position on, until the run ends. */
export async function runLogFollower(simulation: Simulation, random: SeededRandom): Promise<void> {
  const { world, database, evidence } = simulation;
  for (;;) {
    await world.sleep(random.integer(PAUSE_MS.min, PAUSE_MS.max));
    const limit = random.integer(1, PAGE_LIMIT_MAX);
    const page = await database.events.readAll({ after: evidence.followed.at(-1)?.position ?? 0, limit });
    evidence.followed.push(...page);
    evidence.step.followed.push(...page);
  }
}
