import { createHistogram } from 'node:perf_hooks';
import type { Operation } from '../contenders/contender.ts';
import type { Figures } from '../report/results.ts';
import { keepProfile, startProfiling } from './profile.ts';
import { usageMeter } from './usage.ts';

const NS_PER_MS = 1e6;

/** Collects how long operations took. */
export interface Recorder {
  add(tookMs: number): void;
  count(): number;
  /** Rate and latencies of all that was added, over `elapsedMs`. */
  figures(elapsedMs: number): Figures;
}

/** Builds a recorder. */
export function recorder(): Recorder {
  const histogram = createHistogram();
  return {
    add(tookMs) {
      histogram.record(Math.max(1, Math.round(tookMs * NS_PER_MS)));
    },
    count: () => histogram.count,
    figures: (elapsedMs) => ({
      perSecond: histogram.count / (elapsedMs / 1_000),
      p50Ms: histogram.percentile(50) / NS_PER_MS,
      p99Ms: histogram.percentile(99) / NS_PER_MS,
    }),
  };
}

/** How an operation is measured. */
export interface Measuring {
  /** Calls under way at any time. */
  readonly concurrency: number;
  readonly warmUpMs: number;
  readonly ms: number;
}

/** Repeats an operation; returns its rate, its latencies, and the CPU time and memory that it took. */
export async function measure(
  { once, pids = [] }: Pick<Operation, 'once' | 'pids'>,
  { concurrency, warmUpMs, ms }: Measuring,
): Promise<Figures> {
  await repeat(once, concurrency, warmUpMs, () => undefined);
  const recorded = recorder();
  const profiling = await startProfiling();
  const usage = await usageMeter([process.pid, ...pids]);
  const began = performance.now();
  await repeat(once, concurrency, ms, recorded.add);
  const speed = recorded.figures(performance.now() - began);
  const used = await usage.figures(recorded.count());
  keepProfile(await profiling?.stop());
  return { ...speed, ...used };
}

async function repeat(
  once: () => Promise<unknown>,
  concurrency: number,
  ms: number,
  record: (tookMs: number) => void,
): Promise<void> {
  const until = performance.now() + ms;
  async function one(): Promise<void> {
    for (let began = performance.now(); began < until;) {
      await once();
      const ended = performance.now();
      record(ended - began);
      began = ended;
    }
  }
  await Promise.all(Array.from({ length: concurrency }, one));
}
