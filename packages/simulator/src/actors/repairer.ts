import { isReservationError } from '@reservations/core';
import { repairView } from '@reservations/core/operations';
import type { CallDeps } from '../faults/process-faults.ts';
import { createSimStore } from '../ports/store.ts';
import type { Simulation } from '../simulation/simulation.ts';
import { createProcess } from '../world/process.ts';

/** Bounds of the pause between two repairs: short enough for one to start while another is frozen. */
const PAUSE_MS = { min: 500, max: 10_000 };

/** Repairs the view again and again while the servers run, each time in a process that may crash or freeze. */
export async function runRepairer(simulation: Simulation, deps: CallDeps): Promise<void> {
  const { world } = simulation;
  for (;;) {
    await world.sleep(deps.random.integer(PAUSE_MS.min, PAUSE_MS.max));
    repair(simulation, deps);
  }
}

function repair({ world, evidence, swarm, database, uuids, wrappers }: Simulation, deps: CallDeps): void {
  const { random, history, counters } = deps;
  const process = createProcess('repairer', { world, random, uuids, mode: swarm.mode, skewMs: 0 });
  world.after(0, process, () => {
    const real = createSimStore(database, process, deps);
    const store = wrappers.store?.(real, process) ?? real;
    repairView(store, { runtime: process.runtime })
      .then(({ position }) => {
        counters.repairs += 1;
        history.add('repairer', `has repaired the view up to position ${position}`);
        return position;
      })
      .catch((error: unknown) => {
        if (isReservationError(error, 'STORE_UNAVAILABLE')) return;
        evidence.step.undocumentedErrors.push({ source: 'repairer', error });
      });
  });
}
