import type { ProcessState, StoreResources } from '../state/monitored.ts';
import { OPEN_STAGES } from '../state/sample.ts';
import type { Sampler, StoreSamples } from '../state/sampler.ts';
import type { Instruments } from './instruments.ts';

const BREAKER_STATES = ['closed', 'half-open', 'open'] as const;

/** Brings every gauge up to date that shows a state: this process's now, and the store's as it was sampled last. */
export function recordState(instruments: Instruments, state: ProcessState, sampler: Sampler): void {
  recordPayments(instruments, state);
  recordResources(instruments, state.storeResources());
  recordSamples(instruments, sampler.latest());
  setCounter(instruments.sampleFailures, sampler.failures());
  setCounter(instruments.logLinesLost, state.logLinesLost());
}

function recordPayments(instruments: Instruments, state: ProcessState): void {
  const current = state.breakerState();
  for (const each of BREAKER_STATES) instruments.breakerState.set({ state: each }, each === current ? 1 : 0);
  const expiresAtMs = state.certificate()?.expiresAtMs ?? null;
  // A gauge without labels begins at zero, which would be a certificate that expired in 1970.
  if (expiresAtMs === null) instruments.paymentCertificateExpiry.remove();
  else instruments.paymentCertificateExpiry.set(expiresAtMs / 1_000);
  const load = state.chargeLoad();
  instruments.bulkheadRunning.set(load.running);
  instruments.bulkheadRunningMax.set(load.runningMax);
  instruments.bulkheadQueued.set(load.queued);
  instruments.bulkheadQueuedMax.set(load.queuedMax);
}

function recordResources(instruments: Instruments, resources: StoreResources): void {
  switch (resources.kind) {
    case 'postgres':
      instruments.poolConnections.set({ state: 'in-use' }, resources.inUse);
      instruments.poolConnections.set({ state: 'idle' }, resources.idle);
      instruments.poolWaiting.set(resources.waiting);
      instruments.poolMax.set(resources.max);
      return;
    case 'sqlite':
      instruments.sqliteFileBytes.set({ file: 'database' }, resources.databaseBytes);
      instruments.sqliteFileBytes.set({ file: 'wal' }, resources.walBytes);
      // An instrument without labels begins at 0, and there is no pool.
      instruments.poolWaiting.remove();
      instruments.poolMax.remove();
  }
}

/** A value that was never read has no time series: nothing is shown as zero that is not known. */
function recordSamples(instruments: Instruments, samples: StoreSamples): void {
  const { writable, openPayments, subscriptions } = samples;
  if (writable.value === null && writable.fault === null) instruments.storeWritable.remove();
  else instruments.storeWritable.set(writable.fault === null ? 1 : 0);
  if (openPayments.value !== null) {
    const nowMs = Date.now();
    for (const stage of OPEN_STAGES) {
      const { count, oldestAtMs } = openPayments.value[stage];
      instruments.openPayments.set({ stage }, count);
      const ageSeconds = oldestAtMs === null ? 0 : Math.max(0, nowMs - oldestAtMs) / 1_000;
      instruments.oldestOpenPaymentAge.set({ stage }, ageSeconds);
    }
  }
  if (subscriptions.value !== null) {
    // Removed subscriptions leave no series behind.
    instruments.subscriptionLag.reset();
    instruments.subscriptionStopped.reset();
    for (const { name: subscription, lagEvents, isStopped } of subscriptions.value) {
      instruments.subscriptionLag.set({ subscription }, lagEvents);
      instruments.subscriptionStopped.set({ subscription }, isStopped ? 1 : 0);
    }
  }
  const times = [writable.atMs, openPayments.atMs, subscriptions.atMs].filter((atMs) => atMs !== null);
  if (times.length === 0) instruments.sampleAge.remove();
  else instruments.sampleAge.set((performance.now() - Math.min(...times)) / 1_000);
}

/** Sets a counter to a total that is counted elsewhere. */
function setCounter(counter: Instruments['sampleFailures'], total: number): void {
  counter.reset();
  counter.inc(total);
}
