import type { SeededRandom } from '../world/seeded-random.ts';
import type { SimServer } from '../servers/server.ts';
import type { Simulation } from '../run/simulate.ts';

const JUMP_MS = 60_000;
const DOWN_MS = { min: 0, max: 4_000 };
const FOLLOW_MS = { min: 200, max: 3_000 };
const FOLLOW_LIMIT_MAX = 20;

/** Second by second: crashes, stops and clock jumps of one server; one that is down comes back. */
export async function runNemesis(simulation: Simulation, server: SimServer, random: SeededRandom): Promise<void> {
  const { world, history, evidence } = simulation;
  for (;;) {
    await world.sleep(1_000);
    const { faults } = simulation;
    const life = server.life();
    if (life === null) {
      await world.sleep(random.integer(DOWN_MS.min, DOWN_MS.max));
      server.start();
    } else if (life.process.stoppingSince === null) {
      if (random.chance(faults.crash)) server.crash();
      if (random.chance(faults.orderlyStop)) {
        server.stop().catch((error: unknown) => evidence.step.undocumentedErrors.push({ who: server.name, error }));
      }
      if (random.chance(faults.clockJump)) {
        const ms = random.integer(-JUMP_MS, JUMP_MS);
        history.add(life.process.name, `clock jumps by ${ms} ms`);
        life.process.jump(ms);
      }
    }
  }
}

/** Somebody who follows the log, page by page, and never looks back. */
export async function runLogFollower(simulation: Simulation, random: SeededRandom): Promise<void> {
  const { world, database, evidence } = simulation;
  for (;;) {
    await world.sleep(random.integer(FOLLOW_MS.min, FOLLOW_MS.max));
    const limit = random.integer(1, FOLLOW_LIMIT_MAX);
    const page = await database.events.readAll({ after: evidence.followed.at(-1)?.position ?? 0, limit });
    evidence.followed.push(...page);
    evidence.step.followed.push(...page);
  }
}
