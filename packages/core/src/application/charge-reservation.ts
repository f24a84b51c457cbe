import type { ReservationId } from '../domain/ids.ts';
import { combineOutcomes, type PaymentOutcome } from '../domain/payment-outcome.ts';
import type { AnsweredAs } from '../domain/reservation.ts';
import { toTimestamp } from '../domain/timestamp.ts';
import type { PaymentChange } from '../ports/alongside.ts';
import {
  type CommandResult,
  type ExistingReservation,
  assertExists,
  handleCommand,
  type Origin,
} from './handle-command.ts';
import type { EngineParts } from './engine-parts.ts';
import { type LoadedReservation, loadReservation } from './load-reservation.ts';

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
  readonly signal: AbortSignal;
  readonly origin: Origin;
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
  parts.observer({ kind: 'charge-ended', reservationId: id, outcome, by, durationMs: clock.now() - startedAt });
  if (attempted.kind === 'unknown' && attempted.cause === 'misconfigured') {
    parts.observer({ kind: 'payment-misconfigured', reservationId: id, detail: attempted.detail });
  }
  return await recordOutcome(parts, job, { outcome, lastOutcome: describe(attempted), retryAt: job.retryAt() });
}

/** What a run of charging brought to light. */
interface Learned {
  readonly outcome: PaymentOutcome;
  /** What the run itself saw, for people. */
  readonly lastOutcome: string;
  readonly retryAt: number;
}

async function recordOutcome(parts: EngineParts, job: ChargeJob, learned: Learned): Promise<LoadedReservation> {
  const { id, ifUnknownAnswer, loaded, origin } = job;
  const at = toTimestamp(parts.runtime.clock.now());
  const result = await handleCommand(
    { events: parts.store.events, runtime: parts.runtime },
    {
      id,
      command: { type: 'record-outcome', outcome: learned.outcome, ifUnknownAnswer, at },
      loaded,
      payment: (next) => paymentAfter(next, job, learned),
      claim: null,
      origin,
    },
  );
  return await adopt(parts, job, learned, result);
}

/**
 * A verdict holds whoever brings it. The proof that nothing was sent covers only the attempts of the lease's
 * holder: if the lease went to somebody else, they may have sent, and the append must not hold.
 */
function paymentAfter(next: ExistingReservation, { owner }: ChargeJob, learned: Learned): PaymentChange {
  switch (next.stage) {
    case 'processing':
    case 'unresolved':
      return { kind: 'release', owner, dueAt: learned.retryAt, lastOutcome: learned.lastOutcome };
    case 'escalated':
    case 'confirmed':
    case 'failed':
      return { kind: 'remove', onlyIfLeasedBy: learned.outcome.kind === 'not-sent' ? owner : null };
  }
}

async function adopt(
  parts: EngineParts,
  { id, owner }: ChargeJob,
  { lastOutcome, retryAt }: Learned,
  result: CommandResult,
): Promise<LoadedReservation> {
  switch (result.kind) {
    case 'applied':
      if (result.loaded.state.stage === 'escalated') {
        parts.observer({ kind: 'payment-escalated', reservationId: id, detail: lastOutcome });
      }
      return result.loaded;
    case 'unchanged':
      if (result.loaded.state.stage === 'unresolved') {
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

/** An outcome in a line, for people. */
export function describe(outcome: PaymentOutcome): string {
  switch (outcome.kind) {
    case 'approved':
      return `approved: ${outcome.transactionId}`;
    case 'declined':
      return `declined: ${outcome.message}`;
    case 'not-sent':
    case 'unknown':
      return `${outcome.kind}, ${outcome.cause}: ${outcome.detail}`;
  }
}
