import type { Observer } from '@reservations/core';

/** Warnings and alarms of a store. */
export interface StoreWarnings {
  readonly observer: Observer;
  add(warning: string): void;
  /** Each once, in order. */
  list(): readonly string[];
}

/** Collects the warnings of a store and the alarms that it raises, for the lines that a server prints at its start. */
export function collectStoreWarnings(): StoreWarnings {
  const warnings = new Set<string>();
  return {
    observer(observation) {
      if (observation.kind === 'store-alarm' && observation.raised) warnings.add(observation.detail);
    },
    add: (warning) => void warnings.add(warning),
    list: () => [...warnings],
  };
}
