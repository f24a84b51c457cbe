import { createHistogram } from 'node:perf_hooks';

/** How fast something went. */
export interface Speed {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const WARM_UP_MS = 1_000;
const NS_PER_MS = 1e6;

/** Does `work` again and again, `concurrency` at a time, for a second to get warm and then for `ms` milliseconds. */
export async function measure(concurrency: number, ms: number, work: () => Promise<unknown>): Promise<Speed> {
  await repeat(concurrency, WARM_UP_MS, work, () => undefined);
  const recorded = recorder();
  const began = performance.now();
  await repeat(concurrency, ms, work, recorded.add);
  return recorded.speed(performance.now() - began);
}

/** Collects how long things took. */
export interface Recorder {
  readonly add: (tookMs: number) => void;
  /** Of all that was added, in so many milliseconds altogether. */
  speed(allMs: number): Speed;
}

/** Builds it. */
export function recorder(): Recorder {
  const histogram = createHistogram();
  return {
    add: (tookMs) => histogram.record(Math.max(1, Math.round(tookMs * NS_PER_MS))),
    speed: (allMs) => ({
      perSecond: histogram.count / (allMs / 1_000),
      p50Ms: histogram.percentile(50) / NS_PER_MS,
      p99Ms: histogram.percentile(99) / NS_PER_MS,
    }),
  };
}

async function repeat(
  concurrency: number,
  ms: number,
  work: () => Promise<unknown>,
  record: (tookMs: number) => void,
): Promise<void> {
  const until = performance.now() + ms;
  async function one(): Promise<void> {
    for (let began = performance.now(); began < until;) {
      await work();
      const ended = performance.now();
      record(ended - began);
      began = ended;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, one));
}
