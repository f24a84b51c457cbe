import type { SummaryStage } from '@reservations/core';
import { COUNT_MAX } from '@reservations/core/ports';
import type { SampledStore } from './monitored.ts';

/** Stages of a payment without a verdict. */
export const OPEN_STAGES: readonly ['processing', 'unresolved', 'escalated'] = [
  'processing',
  'unresolved',
  'escalated',
];

/** A stage of a payment without a verdict. */
export type OpenStage = (typeof OPEN_STAGES)[number] & SummaryStage;

/** Open payments of one stage. */
export interface OpenPayments {
  /** Counted up to {@link COUNT_MAX}. */
  readonly count: number;
  /** When the oldest was created, in milliseconds since the epoch; null when there is none. */
  readonly oldestAtMs: number | null;
}

/** Progress of a subscription. */
export interface SubscriptionProgress {
  readonly name: string;
  readonly lagEvents: number;
  readonly isStopped: boolean;
}

/** Subscriptions of a sample, so that the number of time series is bounded. */
export const SAMPLED_SUBSCRIPTIONS_MAX = 100;

/** Reads the open payments of each stage, by index. */
export async function sampleOpenPayments(store: SampledStore): Promise<Readonly<Record<OpenStage, OpenPayments>>> {
  const [processing, unresolved, escalated] = await Promise.all(OPEN_STAGES.map((stage) => readStage(store, stage)));
  return { processing, unresolved, escalated } as Readonly<Record<OpenStage, OpenPayments>>;
}

/** Ids sort by the time of creation, so that the first of a stage is its oldest. */
async function readStage({ view }: SampledStore, stage: OpenStage): Promise<OpenPayments> {
  const count = await view.count({ stage, max: COUNT_MAX });
  const { reservations } = await view.list({
    by: { field: 'stage', value: stage },
    order: 'asc',
    after: null,
    limit: 1,
  });
  const [oldest] = reservations;
  return { count, oldestAtMs: oldest === undefined ? null : Date.parse(oldest.createdAt) };
}

/** Reads how far the subscriptions are behind the log. */
export async function sampleSubscriptions(store: SampledStore): Promise<readonly SubscriptionProgress[]> {
  const subscriptions = await store.subscriptions.list({ limit: SAMPLED_SUBSCRIPTIONS_MAX });
  if (subscriptions.length === 0) return [];
  // Read after the checkpoints: a lag is never below zero.
  const last = await store.events.lastPosition();
  return subscriptions.map(({ name, position, stopped }) => ({
    name,
    lagEvents: Math.max(0, last - position),
    isStopped: stopped !== null,
  }));
}
