/** Counts work under way. Keeps nothing of it: see docs/decisions/0066-nothing-keeps-a-request-that-has-ended.md. */
export interface UnderWay {
  /** Counts the work until it has ended, also by a failure. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves once no work is under way. */
  idle(): Promise<void>;
}

/** Begins with no work. */
export function createUnderWay(): UnderWay {
  let count = 0;
  let idle: PromiseWithResolvers<void> | null = null;
  return {
    async during(work) {
      count += 1;
      try {
        return await work();
      } finally {
        count -= 1;
        if (count === 0) {
          idle?.resolve();
          idle = null;
        }
      }
    },
    async idle() {
      if (count === 0) return;
      idle ??= Promise.withResolvers();
      await idle.promise;
    },
  };
}
