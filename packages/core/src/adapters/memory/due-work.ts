import { assert } from '../../errors.ts';
import { type PaymentQueue, type QueuedPayment, TAKE_LIMIT_MAX } from '../../ports/due-work.ts';
import { release } from './append.ts';
import { frozenCopy } from './frozen.ts';
import type { Tables } from './tables.ts';

/** The queue over the store's tables. */
export function createPaymentQueue(tables: Tables, assertOpen: () => void): PaymentQueue {
  function sortedBy(time: 'dueAt' | 'openedAt'): QueuedPayment[] {
    return [...tables.payments.values()].sort(
      (a, b) => a[time] - b[time] || (a.reservationId < b.reservationId ? -1 : 1),
    );
  }

  return {
    async take({ owner, now, leaseUntil, limit }) {
      assertOpen();
      assertLimit(limit);
      assert(leaseUntil > now, `a lease from ${now} cannot end at ${leaseUntil}`);
      const due = sortedBy('dueAt').filter(({ dueAt }) => dueAt <= now);
      return due.slice(0, limit).map((payment) => {
        const taken = frozenCopy({ ...payment, owner, dueAt: leaseUntil, attempts: payment.attempts + 1 });
        tables.payments.set(payment.reservationId, taken);
        return taken;
      });
    },
    async release(request) {
      assertOpen();
      return release(tables, request);
    },
    async list({ limit }) {
      assertOpen();
      assertLimit(limit);
      return sortedBy('openedAt').slice(0, limit);
    },
    async gauge() {
      assertOpen();
      return {
        open: tables.payments.size,
        oldestOpenedAt: sortedBy('openedAt')[0]?.openedAt ?? null,
        nextDueAt: sortedBy('dueAt')[0]?.dueAt ?? null,
      };
    },
  };
}

function assertLimit(limit: number): void {
  const bounded = Number.isSafeInteger(limit) && limit >= 1 && limit <= TAKE_LIMIT_MAX;
  assert(bounded, `a call cannot return ${limit} payments`);
}
