import type { ProcessState } from './monitored.ts';
import { OPEN_STAGES } from './sample.ts';
import type { Sampled, Sampler, StoreSamples } from './sampler.ts';

/** State of one part of a server. */
export interface ComponentStatus {
  readonly state: string;
  /** Since when this server has seen it in this state. */
  readonly since: string;
  /** Age of the sample behind it; null before the first one. 0 for what is read at the moment of the request. */
  readonly sample_age_ms: number | null;
  /** Why the last sample failed. */
  readonly fault?: string;
  readonly [fact: string]: unknown;
}

/** State of a server and of what it depends on. */
export interface ServerStatus {
  /** "degraded" when a component is in another state than it should be. */
  readonly status: 'ok' | 'degraded';
  readonly components: Readonly<Record<ComponentName, ComponentStatus>>;
}

/** The components of a status. */
export type ComponentName = 'store' | 'payment_service' | 'open_payments' | 'subscriptions';

/** Age beyond which a sample says nothing about now. */
const SAMPLE_AGE_MAX_MS = 30_000;

/** States that need no attention. */
const GOOD: Readonly<Record<ComponentName, readonly string[]>> = {
  store: ['writable'],
  payment_service: ['closed'],
  open_payments: ['none', 'settling'],
  subscriptions: ['none', 'running'],
};

/** Tells the state of a server from values that are there already. */
export interface StatusReport {
  /** Notes the current states, for the time since when they last. */
  update(): void;
  read(): ServerStatus;
}

/** Makes a report of a server whose store is sampled. */
export function createStatusReport(state: ProcessState, sampler: Sampler): StatusReport {
  const since = new Map<ComponentName, { readonly state: string; readonly at: string }>();

  function sinceWhen(name: ComponentName, current: string): string {
    const known = since.get(name);
    if (known?.state === current) return known.at;
    const at = new Date().toISOString();
    since.set(name, { state: current, at });
    return at;
  }

  function component(name: ComponentName, { state: current, ...facts }: Facts): ComponentStatus {
    return { state: current, since: sinceWhen(name, current), ...facts };
  }

  function read(): ServerStatus {
    const samples = sampler.latest();
    const components = {
      store: component('store', storeFacts(samples)),
      payment_service: component('payment_service', paymentFacts(state)),
      open_payments: component('open_payments', openPaymentFacts(samples)),
      subscriptions: component('subscriptions', subscriptionFacts(samples)),
    };
    const isGood = (name: ComponentName): boolean => GOOD[name].includes(components[name].state);
    const names = Object.keys(components) as ComponentName[];
    return { status: names.every(isGood) ? 'ok' : 'degraded', components };
  }

  return { update: () => void read(), read };
}

interface Facts {
  readonly state: string;
  readonly sample_age_ms: number | null;
  readonly [fact: string]: unknown;
}

/** Age and fault of a sample; a state that was not sampled lately is not known. */
function sampled<Value>(
  { value, atMs, fault }: Sampled<Value>,
  describe: (value: Value) => { readonly state: string; readonly [fact: string]: unknown },
): Facts {
  const ageMs = atMs === null ? null : Math.round(performance.now() - atMs);
  const known = value === null ? { state: 'unknown' } : describe(value);
  const isOld = ageMs === null || ageMs > SAMPLE_AGE_MAX_MS;
  return {
    ...known,
    state: isOld ? 'unknown' : known.state,
    sample_age_ms: ageMs,
    ...(fault === null ? {} : { fault }),
  };
}

function storeFacts({ writable }: StoreSamples): Facts {
  const facts = sampled(writable, () => ({ state: 'writable' }));
  return writable.fault === null ? facts : { ...facts, state: 'not-writable' };
}

function paymentFacts(state: ProcessState): Facts {
  const { running, runningMax, queued, queuedMax } = state.chargeLoad();
  return {
    state: state.breakerState(),
    sample_age_ms: 0,
    connection: state.connection() ?? 'unknown',
    running,
    running_max: runningMax,
    queued,
    queued_max: queuedMax,
  };
}

function openPaymentFacts({ openPayments }: StoreSamples): Facts {
  return sampled(openPayments, (stages) => {
    const counts = OPEN_STAGES.map((stage) => [stage, stages[stage].count] as const);
    const oldest = OPEN_STAGES.map((stage) => stages[stage].oldestAtMs).filter((atMs) => atMs !== null);
    const state = counts.every(([, count]) => count === 0) ? 'none' : 'settling';
    return {
      state: stages.escalated.count > 0 ? 'escalated' : state,
      ...Object.fromEntries(counts),
      oldest_age_seconds: oldest.length === 0 ? 0 : Math.max(0, Math.round((Date.now() - Math.min(...oldest)) / 1_000)),
    };
  });
}

function subscriptionFacts({ subscriptions }: StoreSamples): Facts {
  return sampled(subscriptions, (list) => {
    const state = list.length === 0 ? 'none' : 'running';
    return {
      state: list.some(({ isStopped }) => isStopped) ? 'stopped' : state,
      subscriptions: list.map(({ name, lagEvents, isStopped }) => ({
        name,
        state: isStopped ? 'stopped' : 'running',
        lag_events: lagEvents,
      })),
    };
  });
}
