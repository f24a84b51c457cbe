import { reservationOfCharge } from '../../domain/charge-id.ts';
import type { TakenWork } from '../../ports/due-work.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { LEASE_MS } from './limits.ts';
import { settlePayment } from './settle-payment.ts';
import type { SettlementPolicy } from './settlement-policy.ts';

/** The background worker that settles every open payment. */
export interface Settlement {
  /** Works until stopped. Further calls have no effect. */
  start(): void;
  /** Takes no more work; resolves when running work has ended. */
  stop(): Promise<void>;
}

/** Settles due work with the code of the request path, at most `concurrencyMax` payments at a time. */
export function createSettlement(deps: EngineDeps, policy: SettlementPolicy, concurrencyMax: number): Settlement {
  const { clock } = deps.runtime;
  const stopping = new AbortController();
  const working = new Set<Promise<void>>();
  let nap = new AbortController();
  let loop: Promise<void> | null = null;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      nap = new AbortController();
      const free = concurrencyMax - working.size;
      const taken = free > 0 ? await take(free) : [];
      for (const item of taken) track(item);
      if (taken.length < free || free === 0) await clock.sleep(policy.pollMs, nap.signal);
    }
  }

  async function take(limit: number): Promise<readonly TakenWork[]> {
    const now = clock.now();
    const owner = deps.runtime.newUuid();
    try {
      const taken = await deps.store.work.take({ kind: 'charge', owner, now, leaseUntil: now + LEASE_MS, limit });
      deps.observer({ kind: 'settlement-looked', taken: taken.length });
      return taken;
    } catch (error) {
      deps.observer({ kind: 'settlement-fault', reservationId: null, error });
      return [];
    }
  }

  /** Finished work frees a slot: the loop continues at once. */
  function track(item: TakenWork): void {
    const work = settlePayment(deps, policy, item)
      // The lease ends by itself and the item is due again: one failing reservation does not block others.
      .catch((error: unknown) => {
        deps.observer({ kind: 'settlement-fault', reservationId: reservationOfCharge(item.id), error });
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
