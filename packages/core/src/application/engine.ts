import type { CreateRequest } from '../domain/create-request.ts';
import { parseReservationId } from '../domain/ids.ts';
import type { ReservationSummary } from '../domain/reservation/summary.ts';
import type { AnswerUnknownAs } from '../domain/reservation/events.ts';
import { ReservationError } from '../errors.ts';
import { checkOneOf, checkWholeNumber } from '../options.ts';
import { toObserver } from '../ports/combine-observers.ts';
import type { Observers } from '../ports/observer.ts';
import type { PaymentGateway } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import { PAGE_LIMIT_MAX, type ReservationFilter, type ReservationPage } from '../ports/reservation-view.ts';
import type { Runtime } from '../ports/runtime.ts';
import { guardTracer } from '../ports/guard-tracer.ts';
import type { Tracer } from '../ports/tracer.ts';
import { type CreateOptions, createReservation, type CreateResult } from './reserve/create-reservation.ts';
import type { EngineDeps } from './engine-deps.ts';
import { traceGateway, traceStore } from './traced.ts';
import { type CallerOptions, callerOf } from './caller.ts';
import { checkKey } from './reserve/key-claim.ts';
import { DRAIN_MS } from './payments/limits.ts';
import { createSettlement } from './payments/settlement.ts';
import { type SettlementOptions, settlementPolicy } from './payments/settlement-policy.ts';

/** Dependencies and options of an engine. */
export interface EngineOptions {
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  readonly runtime: Runtime;
  /** Hears what an operator may want to see. */
  readonly observer?: Observers;
  /** Records spans of requests and of settlement. Default: none. */
  readonly tracer?: Tracer;
  /**
   * The caller's answer when the outcome of the payment is unknown: "pending", the truth (default), or "failed", for clients
   * that know no third answer. A pending payment is settled in the background. One that was answered as failed is escalated
   * in the same commit, and nothing is sent for it any more.
   */
  readonly answerUnknownAs?: AnswerUnknownAs;
  readonly settlement?: SettlementOptions;
}

/** The engine's use cases. Each checks `caller`, and throws INVALID_OPTION for a malformed one. */
export interface Reservations {
  /**
   * Opens a reservation, charges it and returns it after the commit: confirmed, failed, or created with its outcome still
   * unknown. Takes at most as long as three attempts.
   * @throws {ReservationError} STOPPED, STORE_UNAVAILABLE, INVALID_OPTION (a malformed idempotency key or caller)
   */
  create(request: CreateRequest, options?: CreateOptions): Promise<CreateResult>;
  /** Returns the reservation, or null for an unknown id. */
  get(reservationId: string, options?: CallerOptions): Promise<ReservationSummary | null>;
  /**
   * Returns the reservation that holds an idempotency key of this caller (default: the anonymous one), or null while the key
   * is free. @throws {ReservationError} INVALID_OPTION (a malformed key)
   */
  findByKey(idempotencyKey: string, options?: CallerOptions): Promise<ReservationSummary | null>;
  /**
   * Returns the reservations charged with this transaction, in the order of creation: one, unless the payment service used
   * an id twice. At most 200.
   */
  findByTransaction(transactionId: string, options?: CallerOptions): Promise<readonly ReservationSummary[]>;
  /** Returns a page of reservations in the order of creation. @throws {ReservationError} INVALID_OPTION (limit) */
  list(filter?: Partial<ReservationFilter>, options?: CallerOptions): Promise<ReservationPage>;
  /** Starts settlement: immediately and then continuously. Further calls have no effect. */
  start(): void;
  /**
   * Takes no new work and sends nothing more; resolves when all running work has ended. Work that runs longer than `drainMs`
   * (default 20 s) is cancelled and stays open for the next process. Leaves store and gateway open.
   */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

/** Builds an engine over its ports. */
export function createEngine(options: EngineOptions): Reservations {
  const { runtime } = options;
  const tracer = options.tracer === undefined ? null : guardTracer(options.tracer);
  const store = tracer === null ? options.store : traceStore(options.store, tracer);
  const gateway = tracer === null ? options.gateway : traceGateway(options.gateway, tracer);
  const cancel = new AbortController();
  let stopping = false;
  const deps: EngineDeps = {
    store,
    gateway,
    runtime,
    observer: toObserver(options.observer),
    tracer,
    isStopping: () => stopping,
    cancelled: cancel.signal,
  };
  const policy = settlementPolicy(options.settlement ?? {}, runtime);
  const answerUnknownAs = checkOneOf('answerUnknownAs', options.answerUnknownAs ?? 'pending', ['pending', 'failed']);
  const settlement = createSettlement(deps, policy);
  const running = new Set<Promise<CreateResult>>();

  return {
    async create(request, createOptions = {}) {
      if (stopping) throw new ReservationError('STOPPED', 'the engine is stopping and takes no new reservations');
      const work = createReservation(deps, { settlement: policy, answerUnknownAs }, request, createOptions);
      running.add(work);
      return await work.finally(() => running.delete(work));
    },
    async get(reservationId, getOptions = {}) {
      callerOf(getOptions);
      const id = parseReservationId(reservationId);
      return id === null ? null : await store.view.find(id);
    },
    async findByKey(key, findOptions = {}) {
      const caller = callerOf(findOptions);
      checkKey(key);
      const holder = await store.view.findByKey({ scope: caller, key });
      const id = holder === null ? null : parseReservationId(holder.stream);
      return id === null ? null : await store.view.find(id);
    },
    async findByTransaction(transactionId, findOptions = {}) {
      callerOf(findOptions);
      return await store.view.findByTransaction(transactionId);
    },
    async list(filter = {}, listOptions = {}) {
      callerOf(listOptions);
      const { userId = null, stage = null, after = null, limit = PAGE_LIMIT_MAX } = filter;
      checkWholeNumber('limit', limit, 1, PAGE_LIMIT_MAX);
      return await store.view.list({ userId, stage, after, limit });
    },
    start() {
      if (!stopping) settlement.start();
    },
    async stop({ drainMs = DRAIN_MS } = {}) {
      stopping = true;
      const drained = new AbortController();
      const patience = runtime.clock.sleep(drainMs, drained.signal).then(() => cancel.abort());
      await Promise.allSettled([...running, settlement.stop()]);
      drained.abort();
      await patience;
    },
  };
}
