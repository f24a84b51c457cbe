import { isReservationError, rebuildView } from '@reservations/core';
import type { CallDeps } from './mishaps.ts';
import { createProcess } from './process.ts';
import { createSimStore } from './sim-store.ts';
import type { Simulation } from './simulation.ts';

/** Bounds of the pause between two rebuilds: short enough that one may meet another that hangs. */
const PAUSE_MS = { min: 500, max: 10_000 };

/** Somebody who rebuilds the view again and again while the servers work, each time in a process that may die or hang. */
export async function runRebuilder(simulation: Simulation, parts: CallDeps): Promise<void> {
  const { world } = simulation;
  for (;;) {
    await world.sleep(parts.random.int(PAUSE_MS.min, PAUSE_MS.max));
    rebuild(simulation, parts);
  }
}

function rebuild({ world, facts, swarm, database, uuids, sabotage }: Simulation, parts: CallDeps): void {
  const { random, history, tally } = parts;
  const process = createProcess('rebuilder', { world, random, uuids, mode: swarm.mode, skewMs: 0 });
  world.after(0, process, () => {
    const real = createSimStore(database, process, parts);
    const store = sabotage.store?.(real, process) ?? real;
    rebuildView(store, { runtime: process.runtime })
      .then(({ events }) => {
        tally.rebuilds += 1;
        history.add('rebuilder', `has rebuilt the view from ${events} events`);
        return events;
      })
      .catch((error: unknown) => {
        const isExpected =
          isReservationError(error, 'STORE_UNAVAILABLE') || isReservationError(error, 'REBUILD_SUPERSEDED');
        if (!isExpected) facts.fresh.surprises.push({ who: 'rebuilder', error });
      });
  });
}
