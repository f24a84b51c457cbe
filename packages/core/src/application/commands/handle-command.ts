import type { Command } from '../../domain/reservation/commands.ts';
import type { ReservationId } from '../../domain/ids.ts';
import type { Rejection } from '../../domain/reservation/reservation.ts';
import type { ReservationEvent } from '../../domain/reservation/events.ts';
import {
  decide,
  evolve,
  isRejection,
  type OpenReservation,
  type Reservation,
  type SettledReservation,
} from '../../domain/reservation/reservation.ts';
import { encodeEvent } from '../../domain/reservation/stored-event.ts';
import { type ReservationSummary, summarize } from '../../domain/reservation/summary.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import { assert, isReservationError, ReservationError } from '../../errors.ts';
import type { KeyChange, WorkChange } from '../../ports/inline-writes.ts';
import type { AppendRequest, AppendResult, EventStore, NewEvent } from '../../ports/event-store.ts';
import type { Runtime } from '../../ports/runtime.ts';
import {
  APPEND_ATTEMPTS_MAX,
  APPEND_RESEND_WITHIN_MS,
  APPEND_RETRY_PAUSE_MS,
  DECIDE_ATTEMPTS_MAX,
} from '../payments/limits.ts';
import { foldOnto, type LoadedReservation } from './load-reservation.ts';

/** Leaves all idempotency keys unchanged. */
export const keepKey = (): KeyChange => ({ kind: 'keep' });

/** A reservation that exists. */
export type ExistingReservation = OpenReservation | SettledReservation;

export interface CommandRequest {
  readonly id: ReservationId;
  readonly command: Command;
  /**
   * The stream as the caller knows it; may be stale, since a conflict returns the missed events. Its `origin` goes into the
   * metadata of the new events, so that events of settlement and operators carry the origin of the request that opened the
   * reservation; a `create` sets it.
   */
  readonly loaded: LoadedReservation;
  /** What becomes of the payment's row in the queue, given the state after the events. */
  readonly work: (next: ExistingReservation) => WorkChange;
  /** Change of an idempotency key, given the state after the events. */
  readonly key: (next: ExistingReservation) => KeyChange;
}

/** Result of a command. `loaded` is the stream afterwards, and `summary` its row in the view. */
export type CommandResult =
  | {
      readonly kind: 'applied';
      readonly loaded: LoadedReservation;
      readonly summary: ReservationSummary;
      readonly events: readonly ReservationEvent[];
    }
  /** The command was fulfilled already. */
  | { readonly kind: 'unchanged'; readonly loaded: LoadedReservation }
  | { readonly kind: 'rejected'; readonly loaded: LoadedReservation; readonly rejection: Rejection }
  | Exclude<AppendResult, { readonly kind: 'appended' | 'conflict' }>;

/**
 * Decides a command and appends its events with their inline writes at the expected version; after a lost race it decides
 * again with the missed events, at most {@link DECIDE_ATTEMPTS_MAX} times.
 * @throws {ReservationError} TOO_MANY_CONFLICTS, or the store's errors.
 */
export async function handleCommand(
  deps: { readonly events: EventStore; readonly runtime: Runtime },
  request: CommandRequest,
): Promise<CommandResult> {
  let { loaded } = request;
  const commandId = deps.runtime.newUuid();
  for (let attempt = 1; attempt <= DECIDE_ATTEMPTS_MAX; attempt += 1) {
    const decision = decide(request.command, loaded.state);
    if (isRejection(decision)) return { kind: 'rejected', loaded, rejection: decision };
    if (decision.length === 0) return { kind: 'unchanged', loaded };
    const state = decision.reduce(evolve, loaded.state);
    const next = { state, version: loaded.version + decision.length, origin: loaded.origin };
    const summary = summaryOf(request.id, next);
    const append = toAppend(deps.runtime, request, commandId, { loaded, decision, next, summary });
    const result = await appendUntilKnown(deps, append);
    switch (result.kind) {
      case 'appended':
        return { kind: 'applied', loaded: next, summary, events: decision };
      case 'conflict':
        loaded = foldOnto(loaded, result.missed);
        break;
      case 'key-taken':
      case 'lease-lost':
        return result;
    }
  }
  throw new ReservationError('TOO_MANY_CONFLICTS', `${request.id}: lost ${DECIDE_ATTEMPTS_MAX} races in a row`);
}

interface Step {
  readonly loaded: LoadedReservation;
  readonly decision: readonly ReservationEvent[];
  readonly next: LoadedReservation;
  readonly summary: ReservationSummary;
}

function toAppend(runtime: Runtime, request: CommandRequest, commandId: string, step: Step): AppendRequest {
  const { id } = request;
  const recordedAt = toTimestamp(runtime.clock.now());
  const { state, origin } = step.next;
  assertExists(state);
  assert(origin !== null, 'the origin of a reservation is known before its first event is written');
  return {
    stream: id,
    expected: step.loaded.version === 0 ? 'none' : step.loaded.version,
    events: step.decision.map((event): NewEvent => ({
      ...encodeEvent(event),
      id: runtime.newUuid(),
      metadata: { recordedAt, causationId: commandId, ...origin },
    })),
    commandId,
    inlineWrites: {
      summary: step.summary,
      work: request.work(state),
      key: request.key(state),
    },
  };
}

/** Summarizes a reservation that exists. */
export function summaryOf(id: ReservationId, { state, version, origin }: LoadedReservation): ReservationSummary {
  assertExists(state);
  assert(origin !== null, 'a reservation that exists has an origin');
  return summarize(id, state, version, origin.caller);
}

/** Asserts that the reservation exists: callers have created or loaded it. */
export function assertExists(state: Reservation): asserts state is ExistingReservation {
  assert(state.stage !== 'none', 'the reservation exists');
}

/** Sends the same append again while the store fails and the caller can wait: the command id makes that safe. */
async function appendUntilKnown(
  deps: { readonly events: EventStore; readonly runtime: Runtime },
  append: AppendRequest,
): Promise<AppendResult> {
  const { clock } = deps.runtime;
  const resendUntil = clock.now() + APPEND_RESEND_WITHIN_MS;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await deps.events.append(append);
    } catch (error) {
      const isLast = attempt >= APPEND_ATTEMPTS_MAX || clock.now() >= resendUntil;
      if (!isReservationError(error, 'STORE_UNAVAILABLE') || isLast) throw error;
      await clock.sleep(attempt * APPEND_RETRY_PAUSE_MS, new AbortController().signal);
    }
  }
}
