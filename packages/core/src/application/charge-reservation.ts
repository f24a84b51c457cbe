import type { ReservationId } from '../domain/ids.ts';
import { combineOutcomes, type PaymentOutcome } from '../domain/payment-outcome.ts';
import type { Command } from '../domain/commands.ts';
import type { AnsweredAs, ReservationEvent } from '../domain/reservation.ts';
import { type Timestamp, toTimestamp } from '../domain/timestamp.ts';
import type { KeyChange, KeyName, PaymentChange } from '../ports/alongside.ts';
import type { Observer } from '../ports/observer.ts';
import { type CommandResult, type ExistingReservation, assertExists, handleCommand } from './handle-command.ts';
import type { EngineParts } from './engine-parts.ts';
import { type LoadedReservation, loadReservation } from './load-reservation.ts';

/**
 * Whether a run that brings no verdict gives the payment to a person: never, if it reached the payment service,
 * or in any case.
 */
export type GiveUp = 'never' | 'if-reached' | 'always';

/** One run of charging a reservation, by the request that opened it or by settlement. */
export interface ChargeJob {
  readonly id: ReservationId;
  readonly loaded: LoadedReservation;
  readonly by: 'request' | 'settlement';
  /** Holder of the payment's lease; a name of its own for every lease. */
  readonly owner: string;
  /** No attempt starts at or after this time. */
  readonly sendUntil: number;
  /** When settlement may try again should the outcome stay unknown. */
  readonly retryAt: () => number;
  /** What earlier runs left open; null when this is certainly the first. */
  readonly prior: PaymentOutcome | null;
  /** What the caller is told should the outcome be unknown. */
  readonly ifUnknownAnswer: AnsweredAs;
  /** The idempotency key of the request, which is free again once it is proved that nothing was sent. */
  readonly key: KeyName | null;
  readonly giveUp: GiveUp;
  readonly signal: AbortSignal;
}

/** Charges, then appends what is known of it. Returns the reservation as it stands after the commit. */
export async function chargeReservation(parts: EngineParts, job: ChargeJob): Promise<LoadedReservation> {
  const { state } = job.loaded;
  assertExists(state);
  const { clock } = parts.runtime;
  const startedAt = clock.now();
  const attempted = await parts.gateway.charge(
    { reservationId: job.id, userId: state.userId, money: state.money },
    { signal: job.signal, maySend: () => !parts.isStopping() && clock.now() < job.sendUntil },
  );
  const outcome = job.prior === null ? attempted : combineOutcomes(job.prior, attempted);
  const { id, by } = job;
  parts.observer({
    kind: 'charge-ended',
    reservationId: id,
    outcome: attempted,
    by,
    durationMs: clock.now() - startedAt,
  });
  if (attempted.kind === 'unknown' && attempted.cause === 'misconfigured') {
    parts.observer({ kind: 'payment-misconfigured', reservationId: id, detail: attempted.detail });
  }
  return await recordOutcome(parts, job, { attempted, outcome, retryAt: job.retryAt() });
}

/** What a run of charging brought to light. */
interface Learned {
  /** What the run itself saw. */
  readonly attempted: PaymentOutcome;
  /** What that means together with what was open before. */
  readonly outcome: PaymentOutcome;
  readonly retryAt: number;
}

async function recordOutcome(parts: EngineParts, job: ChargeJob, learned: Learned): Promise<LoadedReservation> {
  const { id, loaded } = job;
  const at = toTimestamp(parts.runtime.clock.now());
  const result = await handleCommand(
    { events: parts.store.events, runtime: parts.runtime },
    {
      id,
      command: commandFor(job, learned, at),
      loaded,
      payment: (next) => paymentAfter(next, job, learned),
      key: (next) => keyAfter(next, job),
    },
  );
  return await adopt(parts, job, learned, result);
}

function commandFor(job: ChargeJob, { attempted, outcome }: Learned, at: Timestamp): Command {
  const reached = attempted.kind !== 'not-sent';
  if (!isVerdict(outcome) && (job.giveUp === 'always' || (job.giveUp === 'if-reached' && reached))) {
    return { type: 'escalate', reason: 'settlement-gave-up', detail: describe(attempted), at };
  }
  return { type: 'record-outcome', outcome, ifUnknownAnswer: job.ifUnknownAnswer, at };
}

function isVerdict(outcome: PaymentOutcome): boolean {
  return outcome.kind === 'approved' || outcome.kind === 'declined';
}

/**
 * A verdict holds whoever brings it. Everything else counts only while the lease is held: a proof that nothing was
 * sent, or a refusal, covers the attempts of the lease's holder, and whoever has the lease now may have sent.
 */
function paymentAfter(next: ExistingReservation, { owner }: ChargeJob, learned: Learned): PaymentChange {
  switch (next.stage) {
    case 'processing':
    case 'unresolved':
      return { kind: 'release', owner, dueAt: learned.retryAt, lastOutcome: describe(learned.attempted) };
    case 'escalated':
    case 'confirmed':
    case 'failed':
      return { kind: 'remove', onlyIfLeasedBy: isVerdict(learned.outcome) ? null : owner };
  }
}

/**
 * Releases the key in the transaction that records that nothing was sent: the caller is asked to try again, and the
 * same key then has to make a new reservation. After any other verdict the key stays bound.
 */
function keyAfter(next: ExistingReservation, { key }: ChargeJob): KeyChange {
  if (key === null || next.stage !== 'failed' || next.reason !== 'not-sent') return { kind: 'keep' };
  return { kind: 'release', scope: key.scope, key: key.key };
}

async function adopt(
  parts: EngineParts,
  { id, owner }: ChargeJob,
  { attempted, retryAt }: Learned,
  result: CommandResult,
): Promise<LoadedReservation> {
  switch (result.kind) {
    case 'applied':
      tellEscalation(parts.observer, id, result.events);
      return result.loaded;
    case 'unchanged':
      if (result.loaded.state.stage === 'unresolved') {
        const lastOutcome = describe(attempted);
        await parts.store.payments.release({ reservationId: id, owner, dueAt: retryAt, lastOutcome });
      }
      return result.loaded;
    case 'rejected':
      parts.observer({ kind: 'contradiction', reservationId: id, detail: describeRejection(result) });
      return result.loaded;
    case 'lease-lost':
      parts.observer({ kind: 'lease-lost', reservationId: id });
      return await loadReservation(parts.store.events, id);
    case 'key-taken':
      throw new Error('an append without a claim cannot find its key taken');
  }
}

function describeRejection(result: Extract<CommandResult, { kind: 'rejected' }>): string {
  return result.rejection.kind === 'contradiction' ? result.rejection.detail : result.rejection.kind;
}

/** Raises the alarm when the events give the payment to a person. */
export function tellEscalation(
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

/** An outcome in a line, for people. */
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
