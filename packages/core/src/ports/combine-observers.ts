import type { Observer, Observers } from './observer.ts';

/**
 * Combines observers into one that calls each of them, in this order, with every observation. What one throws, or
 * rejects with, is ignored: neither the other observers nor the reporting engine or store notice.
 */
export function combineObservers(...observers: readonly Observer[]): Observer {
  return (observation) => {
    for (const observer of observers) {
      try {
        const returned: unknown = observer(observation);
        if (returned instanceof Promise) returned.catch(() => undefined);
      } catch {
        // There is no place left to report the fault of an observer.
      }
    }
  };
}

/** The one observer for an option that takes one, several or none. */
export function toObserver(observers: Observers = []): Observer {
  return typeof observers === 'function' ? combineObservers(observers) : combineObservers(...observers);
}
