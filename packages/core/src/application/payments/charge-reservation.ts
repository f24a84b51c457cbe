import { chargeWork } from './charge-work.ts';
import type { ReservationId } from '../../domain/ids.ts';
import { combineOutcomes, type PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { Command } from '../../domain/reservation/commands.ts';
import type { AnswerUnknownAs, ReservationEvent } from '../../domain/reservation/events.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { type Timestamp, toTimestamp } from '../../domain/timestamp.ts';
import type { KeyChange, KeyName, WorkChange } from '../../ports/inline-writes.ts';
import type { Observer } from '../../ports/observer.ts';
import {
  type CommandResult,
  type ExistingReservation,
  assertExists,
  handleCommand,
  summaryOf,
} from '../commands/handle-command.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { type LoadedReservation, loadReservation } from '../commands/load-reservation.ts';

/** Whether a run without a verdict escalates the payment: never, only if it reached the payment service, or always. */
export type GiveUp = 'never' | 'if-reached' | 'always';

/** One run of charging a reservation, by the request that opened it or by settlement. */
export interface ChargeJob {
  readonly id: ReservationId;
  readonly loaded: LoadedReservation;
  readonly by: 'request' | 'settlement';
  /** Holder of the lease; unique for each lease. */
  readonly owner: string;
  /** No attempt starts at or after this time. */
  readonly sendUntil: number;
  /** Time of settlement's next attempt, should the outcome stay unknown. */
  readonly retryAt: () => number;
  /** Outcome of earlier runs; null when this is certainly the first. */
  readonly previousOutcome: PaymentOutcome | null;
  /** The caller's answer for an unknown outcome. */
  readonly answerUnknownAs: AnswerUnknownAs;
  /** The idempotency key of the request; released after a proof that nothing was sent. */
  readonly key: KeyName | null;
  readonly giveUp: GiveUp;
  readonly signal: AbortSignal;
}

/** Charges, then records the outcome. Returns the reservation after the commit. */
export async function chargeReservation(deps: EngineDeps, job: ChargeJob): Promise<ReservationSummary> {
  const { state } = job.loaded;
  assertExists(state);
  const { clock } = deps.runtime;
  const startedAt = clock.now();
  const attempted = await deps.gateway.charge(
    { reservationId: job.id, userId: state.userId, money: state.money },
    {
      signal: job.signal,
      traceparent: job.loaded.origin?.traceparent ?? null,
      maySend: () => !deps.isStopping() && clock.now() < job.sendUntil,
    },
  );
  const outcome = job.previousOutcome === null ? attempted : combineOutcomes(job.previousOutcome, attempted);
  const { id, by } = job;
  deps.observer({
    kind: 'charge-ended',
    reservationId: id,
    outcome: attempted,
    by,
    durationMs: clock.now() - startedAt,
  });
  if (needsConfiguration(attempted)) {
    deps.observer({ kind: 'payment-misconfigured', reservationId: id, detail: attempted.detail });
  }
  return await recordOutcome(deps, job, { attempted, outcome, retryAt: job.retryAt() });
}

/** True when no charge succeeds until an operator corrects credentials or certificates. */
function needsConfiguration(outcome: PaymentOutcome): outcome is Extract<PaymentOutcome, { readonly detail: string }> {
  return (
    (outcome.kind === 'unknown' && outcome.cause === 'misconfigured') ||
    (outcome.kind === 'not-sent' && outcome.cause === 'certificate')
  );
}

/** Outcome of a run of charging. */
interface ChargeFindings {
  /** Outcome of this run alone. */
  readonly attempted: PaymentOutcome;
  /** Combined with the outcome of earlier runs. */
  readonly outcome: PaymentOutcome;
  readonly retryAt: number;
}

async function recordOutcome(deps: EngineDeps, job: ChargeJob, findings: ChargeFindings): Promise<ReservationSummary> {
  const { id, loaded } = job;
  const at = toTimestamp(deps.runtime.clock.now());
  const result = await handleCommand(
    { events: deps.store.events, runtime: deps.runtime },
    {
      id,
      command: commandFor(job, findings, at),
      loaded,
      work: (next) => workAfter(next, job, findings),
      key: (next) => keyAfter(next, job),
    },
  );
  return await applyResult(deps, job, findings, result);
}

function commandFor(job: ChargeJob, { attempted, outcome }: ChargeFindings, at: Timestamp): Command {
  const reached = attempted.kind !== 'not-sent';
  if (!isVerdict(outcome) && (job.giveUp === 'always' || (job.giveUp === 'if-reached' && reached))) {
    return { type: 'escalate', reason: 'settlement-gave-up', detail: describe(attempted), at };
  }
  return { type: 'record-outcome', outcome, answerUnknownAs: job.answerUnknownAs, at };
}

function isVerdict(outcome: PaymentOutcome): boolean {
  return outcome.kind === 'approved' || outcome.kind === 'declined';
}

/**
 * A verdict is valid from any process. Everything else counts only while the lease is held: a proof that nothing was sent,
 * or a refusal, covers only the attempts of the lease's holder, and a later holder may have sent.
 */
function workAfter(next: ExistingReservation, { id, owner }: ChargeJob, findings: ChargeFindings): WorkChange {
  switch (next.stage) {
    case 'processing':
    case 'unresolved':
      return {
        change: 'release',
        ...chargeWork(id),
        owner,
        dueAt: findings.retryAt,
        lastOutcome: describe(findings.attempted),
      };
    case 'escalated':
    case 'confirmed':
    case 'failed':
      return { change: 'remove', ...chargeWork(id), onlyIfLeasedBy: isVerdict(findings.outcome) ? null : owner };
  }
}

/**
 * Releases the key in the transaction that records that nothing was sent: the caller is asked to try again, and the same
 * key must then make a new reservation. After any other verdict the key stays bound.
 */
function keyAfter(next: ExistingReservation, { key }: ChargeJob): KeyChange {
  if (key === null || next.stage !== 'failed' || next.reason !== 'not-sent') return { kind: 'keep' };
  return { kind: 'release', scope: key.scope, key: key.key };
}

async function applyResult(
  deps: EngineDeps,
  { id, owner }: ChargeJob,
  { attempted, retryAt }: ChargeFindings,
  result: CommandResult,
): Promise<ReservationSummary> {
  switch (result.kind) {
    case 'applied':
      reportEscalation(deps.observer, id, result.events);
      return result.summary;
    case 'unchanged':
      if (result.loaded.state.stage === 'unresolved') {
        const lastOutcome = describe(attempted);
        await deps.store.work.release({ ...chargeWork(id), owner, dueAt: retryAt, lastOutcome });
      }
      return summaryOf(id, result.loaded);
    case 'rejected':
      deps.observer({ kind: 'contradiction', reservationId: id, detail: describeRejection(result) });
      return summaryOf(id, result.loaded);
    case 'lease-lost':
      deps.observer({ kind: 'lease-lost', reservationId: id });
      return summaryOf(id, await loadReservation(deps.store.events, id));
    case 'key-taken':
      throw new Error('an append without a claim cannot find its key taken');
  }
}

function describeRejection(result: Extract<CommandResult, { kind: 'rejected' }>): string {
  return result.rejection.kind === 'contradiction' ? result.rejection.detail : result.rejection.kind;
}

/** Reports an escalation among the events as an alarm. */
export function reportEscalation(
  observer: Observer,
  reservationId: ReservationId,
  events: readonly ReservationEvent[],
): void {
  for (const event of events) {
    if (event.type !== 'PAYMENT_ESCALATED') continue;
    const { reason, detail } = event.data;
    observer({ kind: 'payment-escalated', reservationId, reason, detail });
  }
}

/** Describes an outcome in one line. */
function describe(outcome: PaymentOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return `approved: ${outcome.transactionId}`;
    case 'declined':
    case 'refused':
      return `${outcome.kind}: ${outcome.message}`;
    case 'not-sent':
    case 'unknown':
      return `${outcome.kind}, ${outcome.cause}: ${outcome.detail}`;
  }
}
