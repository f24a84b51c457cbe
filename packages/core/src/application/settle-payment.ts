import type { PaymentOutcome } from '../domain/payment-outcome.ts';
import type { EscalationReason } from '../domain/reservation.ts';
import { toTimestamp } from '../domain/timestamp.ts';
import type { TakenPayment } from '../ports/payment-queue.ts';
import { chargeReservation, tellEscalation } from './charge-reservation.ts';
import type { EngineParts } from './engine-parts.ts';
import { handleCommand, keepKey } from './handle-command.ts';
import { LEASE_MS, SEND_WINDOW_MS } from './limits.ts';
import { type LoadedReservation, loadReservation } from './load-reservation.ts';
import type { SettlementPolicy } from './settlement-policy.ts';

/**
 * What a former run left behind: nobody knows how far its process came, so that a later proof of "not sent"
 * proves nothing about it.
 */
const PRIOR = {
  kind: 'unknown',
  cause: 'process-died',
  detail: 'an earlier attempt may have been executed',
} as const satisfies PaymentOutcome;

/**
 * Works once on a payment whose lease this engine has just taken: charges again, or escalates it when nothing may be
 * sent; does nothing when it was settled or escalated meanwhile. Settlement never answers a caller, so that an unknown
 * outcome is never recorded as answered "failed" here.
 */
export async function settlePayment(
  parts: EngineParts,
  policy: SettlementPolicy,
  payment: TakenPayment,
): Promise<void> {
  const loaded = await loadReservation(parts.store.events, payment.reservationId);
  // A verdict or an escalation that came since the lease was taken has removed the payment from the queue.
  const { stage } = loaded.state;
  if (stage !== 'processing' && stage !== 'unresolved') return;
  const forbidden = whyNotToSend(parts, loaded);
  if (forbidden !== null) return await escalate(parts, payment, loaded, forbidden);
  await chargeReservation(parts, {
    id: payment.reservationId,
    loaded,
    by: 'settlement',
    owner: payment.owner,
    // Counted from the lease itself: this process may have slept since it took it.
    sendUntil: payment.dueAt - LEASE_MS + SEND_WINDOW_MS,
    retryAt: () => policy.retryAt(payment.attempts),
    prior: PRIOR,
    ifUnknownAnswer: 'pending',
    key: null,
    giveUp: policy.giveUp(payment),
    signal: parts.cancelled,
  });
}

/**
 * Why nothing may be sent again for a payment; null when it may. A caller who was told "failed" may have paid by other
 * means since. With a service that is not idempotent, what may have been executed is never sent again.
 */
function whyNotToSend(parts: EngineParts, { state }: LoadedReservation): EscalationReason | null {
  if (state.stage === 'unresolved' && state.answeredAs === 'failed') return 'answered-failed';
  return parts.gateway.idempotency === 'none' ? 'may-not-be-sent-again' : null;
}

async function escalate(
  parts: EngineParts,
  payment: TakenPayment,
  loaded: LoadedReservation,
  reason: EscalationReason,
): Promise<void> {
  const { reservationId: id, owner } = payment;
  const detail = payment.lastOutcome ?? PRIOR.detail;
  const result = await handleCommand(
    { events: parts.store.events, runtime: parts.runtime },
    {
      id,
      command: { type: 'escalate', reason, detail, at: toTimestamp(parts.runtime.clock.now()) },
      loaded,
      payment: () => ({ kind: 'remove', onlyIfLeasedBy: owner }),
      key: keepKey,
    },
  );
  if (result.kind === 'applied') tellEscalation(parts.observer, id, result.events);
  if (result.kind === 'lease-lost') parts.observer({ kind: 'lease-lost', reservationId: id });
}
