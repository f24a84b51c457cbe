import type { SampledStore } from './monitored.ts';
import {
  type OpenPayments,
  type OpenStage,
  sampleOpenPayments,
  sampleSubscriptions,
  type SubscriptionProgress,
} from './sample.ts';

/** Time between the end of a sample and the next one. */
export const SAMPLE_INTERVAL_MS = 5_000;

/** The last value that was read, and why the last attempt to read it failed. */
export interface Sampled<Value> {
  /** Null until it was read once. */
  readonly value: Value | null;
  /** When it was read, on the monotonic clock; null until then. */
  readonly atMs: number | null;
  /** Why the last attempt failed; null when it did not. */
  readonly fault: string | null;
}

/** Values of the store that are read in the background. */
export interface StoreSamples {
  readonly writable: Sampled<true>;
  readonly openPayments: Sampled<Readonly<Record<OpenStage, OpenPayments>>>;
  readonly subscriptions: Sampled<readonly SubscriptionProgress[]>;
}

/** Samples a store in the background. Readers never wait for the store. */
export interface Sampler {
  latest(): StoreSamples;
  /** Attempts that failed since the process began. */
  failures(): number;
  /** Starts; the first sample begins at once. */
  start(): void;
  /** Takes no further sample; resolves when one that is under way has ended. */
  stop(): Promise<void>;
}

/** Options of {@link createSampler}. */
export interface SamplerOptions {
  readonly store: SampledStore;
  /** Called after each sample. */
  readonly onSample?: () => void;
}

/**
 * Reads the store every {@link SAMPLE_INTERVAL_MS}, never twice at a time: with a store that hangs, the values only become
 * older.
 */
export function createSampler({ store, onSample = () => undefined }: SamplerOptions): Sampler {
  const never = { value: null, atMs: null, fault: null };
  let samples: StoreSamples = { writable: never, openPayments: never, subscriptions: never };
  let failed = 0;
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | null = null;
  let isStopped = false;

  async function read<Value>(last: Sampled<Value>, source: () => Promise<Value>): Promise<Sampled<Value>> {
    try {
      return { value: await source(), atMs: performance.now(), fault: null };
    } catch (error) {
      failed += 1;
      return { ...last, fault: error instanceof Error ? error.message : String(error) };
    }
  }

  /** Each part by itself: open payments can be read while the store cannot be written. */
  async function sample(): Promise<void> {
    const { writable, openPayments, subscriptions } = samples;
    samples = { ...samples, writable: await read(writable, () => store.checkWritable().then(() => true as const)) };
    samples = { ...samples, openPayments: await read(openPayments, () => sampleOpenPayments(store)) };
    samples = { ...samples, subscriptions: await read(subscriptions, () => sampleSubscriptions(store)) };
    onSample();
  }

  async function sampleAndWait(): Promise<void> {
    await sample();
    if (!isStopped) timer = setTimeout(run, SAMPLE_INTERVAL_MS).unref();
  }

  function run(): void {
    running = sampleAndWait();
  }

  return {
    latest: () => samples,
    failures: () => failed,
    start() {
      if (running === null && !isStopped) run();
    },
    async stop() {
      isStopped = true;
      clearTimeout(timer);
      await running;
    },
  };
}
