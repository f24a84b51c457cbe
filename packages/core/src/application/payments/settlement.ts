import type { TakenPayment } from '../../ports/due-work.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { LEASE_MS, SETTLEMENT_CONCURRENCY_MAX } from './limits.ts';
import { settlePayment } from './settle-payment.ts';
import type { SettlementPolicy } from './settlement-policy.ts';

/** The background worker that brings every open payment to an end. */
export interface Settlement {
  /** Works until stopped. Further calls have no effect. */
  start(): void;
  /** Takes nothing more; resolves when what it works on has ended. */
  stop(): Promise<void>;
}

/** Settles what is due in the payment queue: the same code as the request path, driven by the queue. */
export function createSettlement(deps: EngineDeps, policy: SettlementPolicy): Settlement {
  const { clock } = deps.runtime;
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  let nap = new AbortController();
  let loop: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      const free = SETTLEMENT_CONCURRENCY_MAX - working.size;
      const taken = free > 0 ? await take(free) : [];
      for (const payment of taken) track(payment);
      if (taken.length < free || free === 0) await clock.sleep(policy.pollMs, nap.signal);
    }
  }

  async function take(limit: number): Promise<readonly TakenPayment[]> {
    const now = clock.now();
    const owner = deps.runtime.newUuid();
    try {
      return await deps.store.payments.take({ owner, now, leaseUntil: now + LEASE_MS, limit });
    } catch (error) {
      deps.observer({ kind: 'settlement-fault', reservationId: null, error });
      return [];
    }
  }

  /** Whatever ends makes room: the loop looks again at once. */
  function track(payment: TakenPayment): void {
    const work = settlePayment(deps, policy, payment)
      // The lease ends by itself, and the payment is due again: one poisonous reservation blocks nobody.
      .catch((error: unknown) => {
        deps.observer({ kind: 'settlement-fault', reservationId: payment.reservationId, error });
      })
      .finally(() => {
        working.delete(work);
        nap.abort();
      });
    working.add(work);
  }

  return {
    start() {
      loop ??= run();
    },
    async stop() {
      stopping.abort();
      nap.abort();
      await loop;
      await Promise.all(working);
    },
  };
}
