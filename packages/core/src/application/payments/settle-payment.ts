import { reservationOfCharge } from '../../domain/charge-id.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { assert } from '../../errors.ts';
import { chargeWork } from './charge-work.ts';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { EscalationReason } from '../../domain/reservation/events.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import type { TakenWork } from '../../ports/due-work.ts';
import { chargeReservation, reportEscalation } from './charge-reservation.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { handleCommand, keepKey } from '../commands/handle-command.ts';
import { LEASE_MS, SEND_WINDOW_MS } from './limits.ts';
import { type LoadedReservation, loadReservation } from '../commands/load-reservation.ts';
import { RESERVATION_ID } from '../traced.ts';
import type { SettlementPolicy } from './settlement-policy.ts';

/**
 * Outcome of an earlier run: it is unknown how far its process came, so that a later proof of "not sent" proves nothing
 * about it.
 */
const PREVIOUS_RUN = {
  kind: 'unknown',
  cause: 'process-died',
  detail: 'an earlier attempt may have been executed',
} as const satisfies PaymentOutcome;

/**
 * Processes a payment whose lease this engine has just taken: charges again, or escalates when nothing may be sent; no
 * effect when it was settled or escalated in the meantime. Settlement never answers a caller, so that it never records an
 * unknown outcome as answered "failed".
 */
export async function settlePayment(deps: EngineDeps, policy: SettlementPolicy, item: TakenWork): Promise<void> {
  const { tracer } = deps;
  const id = reservationOfCharge(item.id);
  assert(id !== null, `a charge is named after its reservation, not ${item.id}`);
  if (tracer === null)
    return await settle(deps, policy, { item, id, loaded: await loadReservation(deps.store.events, id) });
  // A trace of its own, which may begin hours after the request's: it refers to that one by a link.
  await tracer.inSpan('reservations settle', { kind: 'internal', parent: null }, async (span) => {
    span.set({ [RESERVATION_ID]: id, 'reservations.settlement_attempt': item.attempts });
    const loaded = await loadReservation(deps.store.events, id);
    const traceparent = loaded.origin?.traceparent ?? null;
    if (traceparent !== null) span.link(traceparent);
    await settle(deps, policy, { item, id, loaded });
  });
}

interface OpenPayment {
  readonly item: TakenWork;
  readonly id: ReservationId;
  readonly loaded: LoadedReservation;
}

async function settle(deps: EngineDeps, policy: SettlementPolicy, { item, id, loaded }: OpenPayment): Promise<void> {
  // A verdict or an escalation since the lease was taken has removed the work item.
  const { stage } = loaded.state;
  if (stage !== 'processing' && stage !== 'unresolved') return;
  const forbidden = whyNotToSend(deps, loaded);
  if (forbidden !== null) return await escalate(deps, item, { id, loaded, reason: forbidden });
  await chargeReservation(deps, {
    id,
    loaded,
    by: 'settlement',
    owner: item.owner,
    // Measured from the lease: this process may have been suspended since it took it.
    sendUntil: item.dueAt - LEASE_MS + SEND_WINDOW_MS,
    retryAt: () => policy.retryAt(item.attempts),
    previousOutcome: PREVIOUS_RUN,
    answerUnknownAs: 'pending',
    key: null,
    giveUp: policy.giveUp(item),
    signal: deps.cancelled,
  });
}

/**
 * Returns why nothing may be sent again for a payment, or null. A caller who was told "failed" may have paid by other means
 * since. With a service that is not idempotent, an attempt that may have been executed is never repeated.
 */
function whyNotToSend(deps: EngineDeps, { state }: LoadedReservation): EscalationReason | null {
  if (state.stage === 'unresolved' && state.answeredAs === 'failed') return 'answered-failed';
  return deps.gateway.idempotency === 'none' ? 'may-not-be-sent-again' : null;
}

async function escalate(
  deps: EngineDeps,
  { owner, lastOutcome }: TakenWork,
  {
    id,
    loaded,
    reason,
  }: { readonly id: ReservationId; readonly loaded: LoadedReservation; readonly reason: EscalationReason },
): Promise<void> {
  const detail = lastOutcome ?? PREVIOUS_RUN.detail;
  const result = await handleCommand(
    { events: deps.store.events, runtime: deps.runtime },
    {
      id,
      command: { type: 'escalate', reason, detail, at: toTimestamp(deps.runtime.clock.now()) },
      loaded,
      work: () => ({ change: 'remove', ...chargeWork(id), onlyIfLeasedBy: owner }),
      key: keepKey,
    },
  );
  if (result.kind === 'applied') reportEscalation(deps.observer, id, result.events);
  if (result.kind === 'lease-lost') deps.observer({ kind: 'lease-lost', reservationId: id });
}
