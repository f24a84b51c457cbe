import { createRoster } from '../../roster.ts';

/** Cancels work under way. */
export interface Cancellation {
  /** Runs work with a signal that aborts when {@link cancel} was called, or when `own` does. */
  during<Result>(own: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<Result>): Promise<Result>;
  cancel(): void;
}

/**
 * Each work has a signal of its own. Listeners of one signal that lives as long as the engine are a chain in which each
 * removed one still refers to its neighbours (see {@link createRoster}), and `AbortSignal.any` leaves something in it in
 * Node 22.
 */
export function createCancellation(): Cancellation {
  const underWay = createRoster<AbortController>();
  let isCancelled = false;
  return {
    async during(own, work) {
      const controller = new AbortController();
      const abort = (): void => controller.abort();
      if (isCancelled || own?.aborted === true) abort();
      own?.addEventListener('abort', abort, { once: true });
      underWay.add(controller);
      try {
        return await work(controller.signal);
      } finally {
        underWay.delete(controller);
        own?.removeEventListener('abort', abort);
      }
    },
    cancel() {
      isCancelled = true;
      for (const controller of underWay) controller.abort();
    },
  };
}
