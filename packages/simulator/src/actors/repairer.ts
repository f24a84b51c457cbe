import { isReservationError, repairView } from '@reservations/core';
import type { CallDeps } from '../faults/process-faults.ts';
import { createProcess } from '../world/process.ts';
import { createSimStore } from '../ports/store.ts';
import type { Simulation } from '../run/simulate.ts';

/** Bounds of the pause between two repairs: short enough that one may meet another that hangs. */
const PAUSE_MS = { min: 500, max: 10_000 };

/** Repairs the view again and again while the servers work, each time in a process that may die or hang. */
export async function runRepairer(simulation: Simulation, parts: CallDeps): Promise<void> {
  const { world } = simulation;
  for (;;) {
    await world.sleep(parts.random.int(PAUSE_MS.min, PAUSE_MS.max));
    repair(simulation, parts);
  }
}

function repair({ world, facts, swarm, database, uuids, sabotage }: Simulation, parts: CallDeps): void {
  const { random, history, tally } = parts;
  const process = createProcess('repairer', { world, random, uuids, mode: swarm.mode, skewMs: 0 });
  world.after(0, process, () => {
    const real = createSimStore(database, process, parts);
    const store = sabotage.store?.(real, process) ?? real;
    repairView(store, { runtime: process.runtime })
      .then(({ position }) => {
        tally.repairs += 1;
        history.add('repairer', `has repaired the view up to position ${position}`);
        return position;
      })
      .catch((error: unknown) => {
        if (!isReservationError(error, 'STORE_UNAVAILABLE')) facts.fresh.surprises.push({ who: 'repairer', error });
      });
  });
}
