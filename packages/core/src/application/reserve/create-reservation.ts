import { chargeWork } from '../payments/charge-work.ts';
import { type CreateRequest, parseCreateRequest, type ValidRequest } from '../../domain/create-request.ts';
import { parseReservationId, type ReservationId, reservationIdFrom } from '../../domain/ids.ts';
import type { RequestFault } from '../../domain/request-fault.ts';
import type { AnswerUnknownAs } from '../../domain/reservation/events.ts';
import type { ReservationSummary } from '../../domain/reservation/summary.ts';
import { toTimestamp } from '../../domain/timestamp.ts';
import { assert } from '../../errors.ts';
import type { KeyClaim } from '../../ports/inline-writes.ts';
import { type ChargeJob, chargeReservation } from '../payments/charge-reservation.ts';
import { overloaded } from '../admission.ts';
import { type CallerOptions, callerOf } from '../caller.ts';
import type { EngineDeps } from '../engine-deps.ts';
import { handleCommand } from '../commands/handle-command.ts';
import { RESERVATION_ID } from '../traced.ts';
import { claimOf } from './key-claim.ts';
import { eitherSignal } from '../payments/either-signal.ts';
import { KEY_TURNS_MAX, LEASE_MS, SEND_WINDOW_MS } from '../payments/limits.ts';
import { notYetCreated } from '../commands/load-reservation.ts';
import type { SettlementPolicy } from '../payments/settlement-policy.ts';

/** Options of a create. */
export interface CreateOptions extends CallerOptions {
  /**
   * The same key with the same request returns the same reservation. Only after a failure with the proof that nothing was
   * sent is the key free again and makes a new one. 1 to 255 visible ASCII characters.
   */
  readonly idempotencyKey?: string;
  /** Correlates all events caused by this request. Default: the reservation's id. */
  readonly correlationId?: string;
  /** W3C trace context of the request. */
  readonly traceparent?: string;
  /** No attempt to charge starts after it aborted; a running one is cancelled, its outcome unknown. */
  readonly signal?: AbortSignal;
}

/** Result of a create. */
export type CreateResult =
  /** The reservation; `replayed` when the idempotency key returned an earlier one. */
  | { readonly kind: 'reservation'; readonly reservation: ReservationSummary; readonly replayed: boolean }
  /** The request is invalid, and its key, if any, is free; nothing was recorded. */
  | { readonly kind: 'invalid'; readonly faults: readonly RequestFault[] }
  /** The idempotency key belongs to a different request; nothing was recorded. */
  | { readonly kind: 'key-reused' }
  /** The payment of the first request with this key is in progress. */
  | { readonly kind: 'key-in-progress'; readonly reservationId: ReservationId };

/** Policy of creates, apart from the engine's dependencies. */
export interface CreatePolicy {
  readonly settlement: SettlementPolicy;
  readonly answerUnknownAs: AnswerUnknownAs;
  /** False when the payment gateway has no place: then a request is only answered with what is known of it already. */
  readonly mayCharge: boolean;
}

/**
 * Validates a request, records it, charges it and records the verdict; see {@link CreateResult}.
 * @throws {ReservationError} OVERLOADED, of a valid request that may not be charged and whose key, if any, is free
 */
export async function createReservation(
  deps: EngineDeps,
  policy: CreatePolicy,
  request: CreateRequest,
  options: CreateOptions,
): Promise<CreateResult> {
  const { tracer } = deps;
  if (tracer === null) return await create(deps, policy, request, options);
  const given = options.traceparent;
  // A span of the application is closer to this one than the trace context of its client.
  const parent = given === undefined || tracer.current() !== null ? {} : { parent: given };
  return await tracer.inSpan('reservations create', { kind: 'internal', ...parent }, async (span) => {
    // Recorded with the events, so that settlement can refer to this trace.
    const traceparent = tracer.current() ?? given;
    const traced = { ...options, ...(traceparent === undefined ? {} : { traceparent }) };
    const result = await create(deps, policy, request, traced);
    span.set({ 'reservations.create_result': result.kind });
    if (result.kind === 'reservation') span.set({ [RESERVATION_ID]: result.reservation.reservationId });
    return result;
  });
}

async function create(
  deps: EngineDeps,
  policy: CreatePolicy,
  request: CreateRequest,
  options: CreateOptions,
): Promise<CreateResult> {
  const fields = { ...request };
  const caller = callerOf(options);
  const claim = claimOf(fields, caller, options.idempotencyKey);
  const parsed = parseCreateRequest(fields);
  if (parsed.kind === 'invalid' || !policy.mayCharge) {
    const replayed = await replayUnrecorded(deps, claim);
    if (replayed !== null) return replayed;
    if (parsed.kind === 'invalid') return parsed;
    throw overloaded();
  }
  assert(claim !== null || options.idempotencyKey === undefined, 'a valid request with a key claims it');
  for (let turn = 1; ; turn += 1) {
    const result = await createOnce(deps, policy, { ...options, caller, request: parsed.request, claim });
    if (result.kind !== 'key-freed') return result;
    if (turn >= KEY_TURNS_MAX) return { kind: 'reservation', reservation: result.reservation, replayed: true };
  }
}

/** The key was bound to a reservation that has failed since, with the proof that nothing was sent: it is free again. */
interface KeyFreed {
  readonly kind: 'key-freed';
  readonly reservation: ReservationSummary;
}

interface CheckedRequest {
  readonly request: ValidRequest;
  readonly claim: KeyClaim | null;
  readonly caller: string;
}

async function createOnce(
  deps: EngineDeps,
  policy: CreatePolicy,
  options: CreateOptions & CheckedRequest,
): Promise<CreateResult | KeyFreed> {
  const { request, claim } = options;
  const now = deps.runtime.clock.now();
  const id = reservationIdFrom(deps.runtime.newUuid());
  const owner = deps.runtime.newUuid();
  const origin = {
    correlationId: options.correlationId ?? id,
    traceparent: options.traceparent ?? null,
    caller: options.caller,
  };
  const created = await handleCommand(
    { events: deps.store.events, runtime: deps.runtime },
    {
      id,
      command: { type: 'create', ...request, at: toTimestamp(now) },
      loaded: { ...notYetCreated, origin },
      work: () => ({ change: 'enqueue', ...chargeWork(id), owner, openedAt: now, leaseUntil: now + LEASE_MS }),
      key: () => (claim === null ? { kind: 'keep' } : { kind: 'claim', ...claim }),
    },
  );
  if (created.kind === 'key-taken') return await replay(deps, created, claim?.fingerprint ?? null);
  assert(created.kind === 'applied', `a new id is free, yet creating ended "${created.kind}"`);
  const { signal, release } = eitherSignal(deps.cancelled, options.signal);
  const job: ChargeJob = {
    id,
    loaded: created.loaded,
    by: 'request',
    owner,
    sendUntil: now + SEND_WINDOW_MS,
    retryAt: () => policy.settlement.retryAt(0),
    previousOutcome: null,
    answerUnknownAs: policy.answerUnknownAs,
    key: claim,
    giveUp: 'never',
    signal,
  };
  const reservation = await chargeOrLeaveOpen(deps, job, created.summary).finally(release);
  return { kind: 'reservation', reservation, replayed: false };
}

/**
 * From here on the reservation is on disk: whatever fails in charging it, or in recording the verdict, the caller must get
 * its id. Settlement has the work item already.
 */
async function chargeOrLeaveOpen(
  deps: EngineDeps,
  job: ChargeJob,
  opened: ReservationSummary,
): Promise<ReservationSummary> {
  try {
    return await chargeReservation(deps, job);
  } catch (error) {
    deps.observer({ kind: 'charge-fault', reservationId: job.id, error });
    return opened;
  }
}

/** Answers a bound key with the current state of its reservation. */
async function replay(
  deps: EngineDeps,
  taken: { readonly stream: string; readonly fingerprint: string },
  fingerprint: string | null,
): Promise<CreateResult | KeyFreed> {
  if (taken.fingerprint !== fingerprint) return { kind: 'key-reused' };
  const id = parseReservationId(taken.stream);
  const reservation = id === null ? null : await deps.store.view.find(id);
  assert(reservation !== null, `the idempotency key's reservation ${taken.stream} exists`);
  if (reservation.failureReason === 'not-sent') return { kind: 'key-freed', reservation };
  return reservation.stage === 'processing'
    ? { kind: 'key-in-progress', reservationId: reservation.reservationId }
    : { kind: 'reservation', reservation, replayed: true };
}

/**
 * Answers a request that is not going to be recorded and whose key is bound: an earlier release may have accepted what is
 * invalid now, and its reservation may be charged. Null when the key is free, or was released in the meantime. Requests
 * that are recorded do not need this look-up: their append finds a bound key.
 */
async function replayUnrecorded(deps: EngineDeps, claim: KeyClaim | null): Promise<CreateResult | null> {
  const taken = claim === null ? null : await deps.store.view.findByKey(claim);
  if (taken === null || claim === null) return null;
  const replayed = await replay(deps, taken, claim.fingerprint);
  return replayed.kind === 'key-freed' ? null : replayed;
}
