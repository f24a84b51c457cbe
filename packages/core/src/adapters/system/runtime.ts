import { setTimeout as wait } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import type { Runtime } from '../../ports/runtime.ts';

/** This machine's clock, timers and randomness. The only place in core that touches them. */
export function systemRuntime(): Runtime {
  return {
    clock: {
      now: () => Date.now(),
      sleep: (ms, signal) => wait(ms, undefined, { signal }).catch(() => undefined),
    },
    newUuid: () => uuidv7(),
    random: () => Math.random(),
  };
}
