import { invalidOption } from '../options.ts';
import type { ReceivedPaymentRequest } from '../proto/messages.ts';
import { type CallCount, createCallCounter } from './call-counter.ts';
import { openCallLog } from './call-log.ts';
import { createExecutor } from './executor.ts';
import { afflict, FAULT_KINDS, type SandboxFaults } from './faults.ts';
import { listenGrpc } from './grpc-listener.ts';
import { type LedgerEntry, openLedger } from './ledger.ts';
import { behaviourOf, type SandboxBehaviour } from './magic-users.ts';
import { createPaymentHandlers } from './payment-handlers.ts';
import { seededRandom } from './seeded-random.ts';

/** Address, files and faults of a sandbox. */
export interface SandboxPaymentServiceOptions {
  /** Default '127.0.0.1'. */
  readonly host?: string;
  /** Default 0: a free port. */
  readonly port?: number;
  /** File of the ledger, created when missing; null keeps it in memory. */
  readonly ledgerPath: string | null;
  /** File for a log of all calls; null, the default, writes none. */
  readonly callLogPath?: string | null;
  /** Latency of every answer. Default 0. */
  readonly latencyMs?: number;
  readonly faults?: SandboxFaults;
  /** Decides which calls meet a fault. Default 1. */
  readonly seed?: number;
  /** False executes every call. Default true. */
  readonly idempotent?: boolean;
}

/** A payment service for trials and tests, with a ledger to compare a store with. */
export interface SandboxPaymentService {
  readonly host: string;
  readonly port: number;
  /** Every charge and decline in the ledger, in order. */
  ledger(): readonly LedgerEntry[];
  /** Calls since the start of this process, by reservation. */
  calls(): readonly CallCount[];
  /** Destroys every connection and closes the ledger. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts a real gRPC server of proto/payment.proto. It approves every charge, except for magic users and configured faults.
 * A result is on disk before it is answered, and survives a kill at any point.
 * @throws {ReservationError} INVALID_OPTION; other errors when the port or the ledger cannot be opened.
 */
export async function startSandboxPaymentService(
  options: SandboxPaymentServiceOptions,
): Promise<SandboxPaymentService> {
  const { host = '127.0.0.1', port = 0, latencyMs = 0, faults = {}, seed = 1, idempotent = true } = options;
  const { callLogPath = null } = options;
  checkFaults(faults);
  const { paymentServiceDefinition } = await import('../proto/payment-service.ts');
  const grpc = await import('@grpc/grpc-js');
  const ledger = await openLedger(options.ledgerPath);
  const executor = createExecutor(ledger, idempotent, () => Date.now());
  const callLog = callLogPath === null ? null : openCallLog(callLogPath, createCallCounter(), () => Date.now());
  const random = seededRandom(seed);
  const counter = callLog ?? createCallCounter();
  const stopping = new AbortController();

  function behave(request: ReceivedPaymentRequest, call: number): SandboxBehaviour {
    // A fork, so that the fate of a call does not depend on the order in which calls arrive.
    const draw = random.fork(`${request.reservation_id}#${call}`).next();
    return afflict(behaviourOf(request.user_id, call), faults, draw);
  }

  const handlers = createPaymentHandlers({
    grpc,
    executor,
    counter,
    behave,
    latencyMs,
    stopping: stopping.signal,
    cut: (peer) => listener.cut(peer),
  });

  const listener = await listenGrpc({
    host,
    port,
    definition: paymentServiceDefinition,
    handlers,
  }).catch(async (error: unknown) => {
    callLog?.close();
    await ledger.close();
    throw error;
  });
  let stopped: Promise<void> | null = null;
  return {
    host,
    port: listener.port,
    ledger: () => ledger.entries(),
    calls: () => counter.counts(),
    stop() {
      stopping.abort();
      stopped ??= listener.stop().then(() => {
        callLog?.close();
        return ledger.close();
      });
      return stopped;
    },
  };
}

function checkFaults(faults: SandboxFaults): void {
  let sum = 0;
  for (const kind of FAULT_KINDS) {
    const probability = faults[kind] ?? 0;
    sum += probability;
    if (probability >= 0 && sum <= 1) continue;
    const expected = 'probabilities from 0 to 1 with a sum of at most 1';
    throw invalidOption(`faults.${kind}`, expected, probability);
  }
}
