import type { CreateRequest } from '../domain/create-request.ts';
import type { AnswerUnknownAs } from '../domain/reservation/events.ts';
import { ReservationError } from '../errors.ts';
import { createUnderWay } from '../under-way.ts';
import { checkOneOf } from '../options.ts';
import { toObserver } from '../ports/combine-observers.ts';
import type { Observers } from '../ports/observer.ts';
import type { PaymentGateway } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { Runtime } from '../ports/runtime.ts';
import { guardTracer } from '../ports/guard-tracer.ts';
import type { Tracer } from '../ports/tracer.ts';
import { type CreateOptions, createReservation, type CreateResult } from './reserve/create-reservation.ts';
import { createPlaces, shareCharges } from './admission.ts';
import type { EngineDeps } from './engine-deps.ts';
import { traceGateway, traceStore } from './traced.ts';
import { DRAIN_MS, READS_MAX } from './payments/limits.ts';
import { createQueries, type ReservationQueries } from './queries.ts';
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
export interface Reservations extends ReservationQueries {
  /**
   * Opens a reservation, charges it and returns it after the commit: confirmed, failed, or created with its outcome still
   * unknown. Takes at most as long as three attempts. While as many requests are under way as the gateway takes charges, only
   * those whose key is known, or that are invalid, are answered; nothing of the others is recorded.
   * @throws {ReservationError} STOPPED, OVERLOADED, STORE_UNAVAILABLE, INVALID_OPTION (a malformed key or caller)
   */
  create(request: CreateRequest, options?: CreateOptions): Promise<CreateResult>;
  /** True while {@link create} refuses every valid request without a known key. */
  isOverloaded(): boolean;
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
  const shares = shareCharges(gateway.chargesMax);
  const settlement = createSettlement(deps, policy, shares.settlement);
  const requests = createPlaces(shares.requests);
  const reads = createPlaces(READS_MAX);
  const running = createUnderWay();

  return {
    async create(request, createOptions = {}) {
      if (stopping) throw new ReservationError('STOPPED', 'the engine is stopping and takes no new reservations');
      const mayCharge = !requests.isFull();
      const places = mayCharge ? requests : reads;
      return await running.during(() =>
        places.hold(() =>
          createReservation(deps, { settlement: policy, answerUnknownAs, mayCharge }, request, createOptions),
        ),
      );
    },
    isOverloaded: () => requests.isFull(),
    ...createQueries(store, reads),
    start() {
      if (!stopping) settlement.start();
    },
    async stop({ drainMs = DRAIN_MS } = {}) {
      stopping = true;
      const drained = new AbortController();
      const patience = runtime.clock.sleep(drainMs, drained.signal).then(() => cancel.abort());
      await Promise.allSettled([running.idle(), settlement.stop()]);
      drained.abort();
      await patience;
    },
  };
}
