import type { ReservationStore } from '@reservations/core';

/** Lifecycle state of a server. */
export type LifecycleState = 'starting' | 'ready' | 'draining';

/** Result of readiness. */
export type Readiness = LifecycleState | 'unavailable';

/** Options of {@link createReadiness}. */
export interface ReadinessOptions {
  readonly store: Pick<ReservationStore, 'checkWritable'>;
  readonly state: () => LifecycleState;
  /** Called when the store turns out not to be writable, for each other reason again, and with null once it is writable. */
  readonly onStoreChange?: (fault: unknown) => void;
}

/** Time for the store to prove that it can be written. */
const STORE_CHECK_TIMEOUT_MS = 1_500;

/** Age up to which the store's last answer is used, so that probes do not become a load. */
const STORE_CHECK_AGE_MAX_MS = 1_000;

/**
 * Returns a check of whether work should be sent here. It ignores the payment service: while that is away, reservations
 * are still answered, and taking every server out of service would not help.
 */
export function createReadiness(options: ReadinessOptions): () => Promise<Readiness> {
  const report = createStoreReport(options.onStoreChange ?? (() => undefined));
  let last: { readonly writable: Promise<boolean>; readonly at: number } | null = null;
  let running = false;

  /** Never two at a time: a store that hangs is not asked again until it answers. */
  function check(): Promise<boolean> {
    if (last !== null && (running || performance.now() - last.at < STORE_CHECK_AGE_MAX_MS)) return last.writable;
    running = true;
    const writable = isWritable(options.store, report).finally(() => (running = false));
    last = { writable, at: performance.now() };
    return writable;
  }

  return async () => {
    const state = options.state();
    if (state !== 'ready') return state;
    return (await withinMs(STORE_CHECK_TIMEOUT_MS, check())) ? 'ready' : 'unavailable';
  };
}

async function isWritable(store: ReadinessOptions['store'], report: (fault: unknown) => void): Promise<boolean> {
  try {
    await store.checkWritable();
    report(null);
    return true;
  } catch (error) {
    report(error);
    return false;
  }
}

/** Passes on what differs from the report before; the first one is compared with a store that is writable. */
function createStoreReport(onChange: (fault: unknown) => void): (fault: unknown) => void {
  let last: string | null = null;
  return (fault) => {
    const reason = fault === null ? null : fault instanceof Error ? fault.message : 'no error';
    if (reason === last) return;
    last = reason;
    onChange(fault);
  };
}

async function withinMs(timeoutMs: number, answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
