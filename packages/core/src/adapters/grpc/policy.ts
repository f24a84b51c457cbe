import {
  bulkhead,
  BrokenCircuitError,
  BulkheadRejectedError,
  circuitBreaker,
  CircuitState,
  ExponentialBackoff,
  handleWhenResult,
  retry,
  TaskCancelledError,
  wrap,
} from 'cockatiel';
import { combineOutcomes, type NotSentCause, type PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { PaymentIdempotency } from '../../ports/payment-gateway.ts';
import { createLastingFailuresBreaker } from './breaker.ts';
import { type AttemptResult, STOPPED } from './outcome.ts';

/** Pause before the second attempt, approximately; doubles, with jitter. */
const BACKOFF_INITIAL_MS = 100;
const BACKOFF_MAX_MS = 1_000;

/** Bounds of attempts and charges. */
export interface ChargePolicyOptions {
  readonly idempotency: PaymentIdempotency;
  /** Attempts in total. */
  readonly attemptsMax: number;
  /** Concurrent charges. */
  readonly concurrencyMax: number;
  /** Charges that may wait for a free slot; a further one is not sent. */
  readonly queueMax: number;
  readonly breaker: {
    /** Consecutive failed attempts that open the breaker, when they span this time. */
    readonly failuresMax: number;
    readonly lastingMs: number;
    /** Time for which it stays open before one attempt may probe the service. */
    readonly openMs: number;
  };
}

/** Open: nothing is sent. Half-open: one attempt probes whether the service is available again. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** Charges that run and that wait for a free slot, with their bounds. */
export interface ChargeLoad {
  readonly running: number;
  readonly runningMax: number;
  readonly queued: number;
  readonly queuedMax: number;
}

/** Controls of one charge. */
export interface ChargeRun {
  /** A waiting charge leaves the queue when it aborts. */
  readonly signal: AbortSignal;
  /** Called after each attempt, also one that the breaker refused. */
  onAttempt(result: AttemptResult, durationMs: number): void;
}

/** Combines attempts into a charge. */
export interface ChargePolicy {
  /**
   * Runs `attempt` as often as retry, breaker and bulkhead allow, and returns the combined outcome of all attempts.
   * Rejects only if `attempt` does.
   */
  run(attempt: () => Promise<AttemptResult>, run: ChargeRun): Promise<PaymentOutcome>;
  breakerState(): BreakerState;
  load(): ChargeLoad;
}

/** Bulkhead around retry around breaker; the deadline of an attempt is gRPC's own. */
export function createChargePolicy(options: ChargePolicyOptions): ChargePolicy {
  const breaker = circuitBreaker(
    handleWhenResult((result) => countsAsFailure(result as AttemptResult)),
    { breaker: createLastingFailuresBreaker(options.breaker), halfOpenAfter: options.breaker.openMs },
  );
  const slots = bulkhead(options.concurrencyMax, options.queueMax);
  const guarded = wrap(
    slots,
    retry(
      handleWhenResult((result) => mayRetry(result as AttemptResult, options.idempotency)),
      {
        maxAttempts: options.attemptsMax - 1,
        backoff: new ExponentialBackoff({ initialDelay: BACKOFF_INITIAL_MS, maxDelay: BACKOFF_MAX_MS }),
      },
    ),
  );

  /** A probe that was cancelled has proved nothing: it must not close the breaker. */
  function countsAsFailure(result: AttemptResult): boolean {
    return result.breaks || (isStopped(result.outcome) && breaker.state === CircuitState.HalfOpen);
  }

  async function throughBreaker(attempt: () => Promise<AttemptResult>): Promise<AttemptResult> {
    // Other calls fail at once during the probe instead of waiting for its result.
    if (breaker.state === CircuitState.HalfOpen) return BREAKER_OPEN;
    try {
      return await breaker.execute(attempt);
    } catch (error) {
      if (error instanceof BrokenCircuitError) return BREAKER_OPEN;
      throw error;
    }
  }

  return {
    run(attempt, { signal, onAttempt }) {
      const { promise, resolve, reject } = Promise.withResolvers<PaymentOutcome>();
      const leaveQueue = (): void => resolve(STOPPED);
      signal.addEventListener('abort', leaveQueue, { once: true });
      let together: PaymentOutcome | null = null;
      guarded
        .execute(async () => {
          signal.removeEventListener('abort', leaveQueue);
          const startedAt = performance.now();
          const result = await throughBreaker(attempt);
          onAttempt(result, performance.now() - startedAt);
          together = together === null ? result.outcome : combineOutcomes(together, result.outcome);
          return result;
        }, signal)
        .then((last) => resolve(together ?? last.outcome))
        .catch((error: unknown) => {
          if (error instanceof BulkheadRejectedError) resolve(notSent('bulkhead-full'));
          else if (error instanceof TaskCancelledError) resolve(STOPPED);
          else reject(error);
        })
        .finally(() => signal.removeEventListener('abort', leaveQueue));
      return promise;
    },
    load() {
      const { concurrencyMax: runningMax, queueMax: queuedMax } = options;
      return {
        running: runningMax - slots.executionSlots,
        runningMax,
        queued: queuedMax - slots.queueSlots,
        queuedMax,
      };
    },
    breakerState: () => toBreakerState(breaker.state),
  };
}

function toBreakerState(state: CircuitState): BreakerState {
  switch (state) {
    case CircuitState.Closed:
      return 'closed';
    case CircuitState.HalfOpen:
      return 'half-open';
    case CircuitState.Open:
    case CircuitState.Isolated:
      return 'open';
  }
}

function mayRetry(result: AttemptResult, idempotency: PaymentIdempotency): boolean {
  switch (result.retry) {
    case 'yes':
      return true;
    case 'if-idempotent':
      return idempotency === 'by-reservation-id';
    case 'no':
      return false;
  }
}

function isStopped(outcome: PaymentOutcome): boolean {
  return (
    (outcome.kind === 'not-sent' && outcome.cause === 'stopped') ||
    (outcome.kind === 'unknown' && outcome.cause === 'cancelled')
  );
}

function notSent(cause: Extract<NotSentCause, 'breaker-open' | 'bulkhead-full'>): PaymentOutcome {
  const detail =
    cause === 'breaker-open' ? 'too many attempts in a row failed' : 'too many charges are under way or waiting';
  return { kind: 'not-sent', cause, detail };
}

const BREAKER_OPEN: AttemptResult = { outcome: notSent('breaker-open'), retry: 'no', breaks: false };
