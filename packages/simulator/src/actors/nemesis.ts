import type { Random } from '../world/seeded-random.ts';
import type { SimServer } from '../servers/server.ts';
import type { Simulation } from '../run/simulate.ts';

const JUMP_MS = 60_000;
const DOWN_MS = { min: 0, max: 4_000 };
const FOLLOW_MS = { min: 200, max: 3_000 };
const FOLLOW_LIMIT_MAX = 20;

/** Second by second: crashes, stops and clock jumps of one server; one that is down comes back. */
export async function runChaos(simulation: Simulation, server: SimServer, random: Random): Promise<void> {
  const { world, history, facts } = simulation;
  for (;;) {
    await world.sleep(1_000);
    const { faults } = simulation;
    const life = server.life();
    if (life === null) {
      await world.sleep(random.int(DOWN_MS.min, DOWN_MS.max));
      server.start();
    } else if (life.process.stoppingSince === null) {
      if (random.chance(faults.crash)) server.crash();
      if (random.chance(faults.orderlyStop)) {
        server.stop().catch((error: unknown) => facts.fresh.surprises.push({ who: server.name, error }));
      }
      if (random.chance(faults.clockJump)) {
        const ms = random.int(-JUMP_MS, JUMP_MS);
        history.add(life.process.name, `clock jumps by ${ms} ms`);
        life.process.jump(ms);
      }
    }
  }
}

/** Somebody who follows the log, page by page, and never looks back. */
export async function runFollower(simulation: Simulation, random: Random): Promise<void> {
  const { world, database, facts } = simulation;
  for (;;) {
    await world.sleep(random.int(FOLLOW_MS.min, FOLLOW_MS.max));
    const limit = random.int(1, FOLLOW_LIMIT_MAX);
    const page = await database.events.readAll({ after: facts.followed.at(-1)?.position ?? 0, limit });
    facts.followed.push(...page);
    facts.fresh.followed.push(...page);
  }
}
