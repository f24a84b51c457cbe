import { createSubscription, type SubscriptionOptions } from '../../feed.ts';
import type { Observation } from '../../ports/observer.ts';
import type { Runtime } from '../../ports/runtime.ts';
import type { Subscription } from '../../ports/subscriptions.ts';
import { createManualRuntime, type ManualRuntime } from '../../testing/manual-runtime.ts';
import { type CountingStore, createCountingStore } from './feed-fixture.ts';
import type { SubscriptionWorker } from './subscription.ts';

export const LEASE_MS = 30_000;
export const HOUR_MS = 3_600_000;
/** Of the subscription. */
export const name = 'mails';

export type Handler = SubscriptionOptions['handle'];

/** One store, and as many processes as a test wants that read it under one name. */
export interface SubscriptionFixture {
  readonly store: CountingStore;
  readonly clock: ManualRuntime;
  readonly observations: readonly Observation[];
  /** Starts a process; on a clock of its own it can be paused. */
  join(
    options?: Partial<SubscriptionOptions>,
    runtime?: Runtime,
  ): { readonly handled: readonly number[]; readonly worker: SubscriptionWorker };
  /** The subscription as the store has it. */
  row(): Promise<Subscription | undefined>;
}

/** Builds it. */
export function createFixture(): SubscriptionFixture {
  const store = createCountingStore();
  const clock = createManualRuntime();
  const observations: Observation[] = [];
  let owners = 0;

  function join(options: Partial<SubscriptionOptions> = {}, { clock: time, random }: Runtime = clock) {
    const runtime = { clock: time, random, newUuid: () => `owner-${(owners += 1)}` };
    const handled: number[] = [];
    const handle: Handler = ({ position }) => void handled.push(position);
    const observer = (seen: Observation): void => void observations.push(seen);
    const worker = createSubscription({ store, name, handle, observer, runtime, ...options });
    worker.start();
    return { handled, worker };
  }

  async function row() {
    const rows = await store.subscriptions.list({ limit: 10 });
    return rows.find((found) => found.name === name);
  }
  return { store, clock, observations, join, row };
}

/** A handler that takes as long as the test wants. */
export interface SlowHandler {
  readonly handle: Handler;
  /** Positions of the events that it was given. */
  readonly begun: readonly number[];
  readonly signals: readonly AbortSignal[];
  /** Ends the oldest call that waits. */
  finish(): void;
}

/** Builds it. */
export function createSlowHandler(): SlowHandler {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  const signals: AbortSignal[] = [];
  const handle: Handler = async ({ position }, { signal }) => {
    begun.push(position);
    signals.push(signal);
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push(resolve);
    await promise;
  };
  return { handle, begun, signals, finish: () => waiting.shift()?.() };
}
