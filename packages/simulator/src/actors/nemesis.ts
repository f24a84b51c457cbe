import type { SeededRandom } from '@reservations/core/testing';
import type { SimServer } from '../servers/server.ts';
import type { Simulation } from '../simulation/simulation.ts';

const JUMP_MS = 60_000;
const DOWN_MS = { min: 0, max: 4_000 };
const INTERVAL_MS = 1_000;

/** Crashes and stops one server and shifts its clock, as drawn once a second; starts it again when it is down. */
export async function runNemesis(simulation: Simulation, server: SimServer, random: SeededRandom): Promise<void> {
  const { world, history, evidence } = simulation;
  for (;;) {
    await world.sleep(INTERVAL_MS);
    const { faults } = simulation;
    const run = server.currentRun();
    if (run === null) {
      await world.sleep(random.integer(DOWN_MS.min, DOWN_MS.max));
      server.start();
    } else if (run.process.stoppingSince === null) {
      if (random.chance(faults.crash)) server.crash();
      if (random.chance(faults.gracefulStop)) {
        server.stop().catch((error: unknown) => {
          evidence.step.undocumentedErrors.push({ source: server.name, error });
        });
      }
      if (random.chance(faults.clockJump)) {
        const ms = random.integer(-JUMP_MS, JUMP_MS);
        history.add(run.process.name, `clock jumps by ${ms} ms`);
        run.process.jump(ms);
      }
    }
  }
}
