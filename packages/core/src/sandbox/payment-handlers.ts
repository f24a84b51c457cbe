import { setTimeout as wait } from 'node:timers/promises';
import type * as Grpc from '@grpc/grpc-js';
import type { PaymentResponse, ReceivedPaymentRequest } from '../proto/messages.ts';
import type { PaymentServiceHandlers } from '../proto/payment-service.ts';
import type { CallCounter } from './call-counter.ts';
import type { Executor } from './executor.ts';
import type { LedgerEntry } from './ledger.ts';
import type { SandboxBehaviour, SandboxReply } from './magic-users.ts';

/** Delay after the caller's deadline of a late charge. */
const LATE_MS = 50;

/** Delay of a late charge for a caller without a deadline. */
const NO_DEADLINE_MS = 1_000;

/** Dependencies of the handlers. */
export interface PaymentHandlersOptions {
  /** The driver, loaded by the caller. */
  readonly grpc: typeof Grpc;
  readonly executor: Executor;
  readonly counter: CallCounter;
  /** Script of the n-th call of the request's reservation, from 1. */
  readonly behave: (request: ReceivedPaymentRequest, call: number) => SandboxBehaviour;
  /** Latency of every answer. */
  readonly latencyMs: number;
  /** Ends waiting calls; nothing is executed or answered afterwards. */
  readonly stopping: AbortSignal;
  /** Destroys the connection of a peer. */
  readonly cut: (peer: string) => void;
}

type PaymentCall = Parameters<Grpc.handleUnaryCall<ReceivedPaymentRequest, PaymentResponse>>[0];

/** Result of a call. */
type Answer =
  | { readonly kind: 'response'; readonly response: PaymentResponse }
  | { readonly kind: 'status'; readonly code: Grpc.status; readonly details: string; readonly metadata: Grpc.Metadata }
  | { readonly kind: 'cut' }
  | { readonly kind: 'never' };

/** The two methods of the payment service. */
export function createPaymentHandlers(options: PaymentHandlersOptions): PaymentServiceHandlers {
  const { grpc, executor, counter, behave, latencyMs, stopping, cut } = options;

  /** Null when there is nothing to execute. */
  async function execute(
    call: PaymentCall,
    behaviour: SandboxBehaviour,
  ): Promise<LedgerEntry | 'another-payment' | null> {
    const { verdict, late = false } = behaviour;
    if (verdict.kind === 'nothing') return null;
    return executor.execute(call.request, verdict, late ? waitForDeadline(call, stopping) : Promise.resolve());
  }

  async function answer(call: PaymentCall, number: number): Promise<Answer> {
    const fault = findFault(call.request);
    if (fault !== null) return withStatus(grpc.status.INVALID_ARGUMENT, fault);
    const behaviour = behave(call.request, number);
    if (latencyMs > 0) await wait(latencyMs, undefined, { signal: stopping });
    const entry = await execute(call, behaviour);
    if (entry === 'another-payment') {
      return withStatus(grpc.status.ALREADY_EXISTS, 'the reservation was used for another payment');
    }
    return toAnswer(behaviour.reply, entry);
  }

  function toAnswer(reply: SandboxReply, entry: LedgerEntry | null): Answer {
    switch (reply.kind) {
      case 'result':
        return { kind: 'response', response: entry === null ? {} : toResponse(entry) };
      case 'empty':
        return { kind: 'response', response: {} };
      case 'success-without-transaction':
        return { kind: 'response', response: { success: true } };
      case 'status':
        return withStatus(grpc.status[reply.code], reply.message, reply.trailer === true ? entry : null);
      case 'never':
      case 'cut':
        return { kind: reply.kind };
    }
  }

  function withStatus(code: Grpc.status, details: string, entry: LedgerEntry | null = null): Answer {
    const metadata = new grpc.Metadata();
    if (entry !== null) metadata.set('transaction-id', entry.transaction_id);
    return { kind: 'status', code, details, metadata };
  }

  async function process(
    call: PaymentCall,
    callback: Parameters<PaymentServiceHandlers['ProcessPayment']>[1],
  ): Promise<void> {
    const { call: number, end } = counter.begin(call.request.reservation_id);
    const peer = call.getPeer();
    call.once('cancelled', end);
    const result = await answer(call, number).catch((error: unknown) =>
      stopping.aborted ? ({ kind: 'never' } as const) : withStatus(grpc.status.INTERNAL, String(error)),
    );
    if (result.kind !== 'never') end();
    switch (result.kind) {
      case 'response':
        return callback(null, result.response);
      case 'status':
        return callback({ code: result.code, details: result.details, metadata: result.metadata });
      case 'cut':
        return cut(peer);
      case 'never':
    }
  }

  return {
    ProcessPayment: (call, callback) => {
      void process(call, callback);
    },
    GetPaymentStatus: (call, callback) => {
      const entry = executor.find(call.request.transaction_id);
      if (entry === null) callback({ code: grpc.status.NOT_FOUND, details: 'no such transaction' });
      else callback(null, { status: 'CHARGED', transaction_id: entry.transaction_id });
    },
  };
}

function toResponse(entry: LedgerEntry): PaymentResponse {
  return { success: entry.result === 'charged', transaction_id: entry.transaction_id, message: entry.message };
}

async function waitForDeadline(call: PaymentCall, signal: AbortSignal): Promise<void> {
  const deadlineMs = Number(call.getDeadline());
  const waitMs = Number.isFinite(deadlineMs) ? Math.max(0, deadlineMs - Date.now()) + LATE_MS : NO_DEADLINE_MS;
  await wait(waitMs, undefined, { signal });
}

function findFault(request: ReceivedPaymentRequest): string | null {
  if (request.reservation_id === '') return 'reservation_id is missing';
  if (request.user_id === '') return 'user_id is missing';
  if (request.currency === '') return 'currency is missing';
  return Number.isFinite(request.amount) && request.amount > 0 ? null : 'amount must be positive';
}
