import { setTimeout as wait } from 'node:timers/promises';
import type { Runtime } from '../../ports/runtime.ts';
import { createUuids } from './uuid.ts';

/** One for the process, so that the ids of several engines sort by their time too. */
const newUuid = createUuids();

/** This machine's clock, timers and randomness. The only place in core that touches them. */
export function systemRuntime(): Runtime {
  return {
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    },
    newUuid,
    random: () => Math.random(),
  };
}
