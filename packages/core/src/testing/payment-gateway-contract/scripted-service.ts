import { setTimeout as wait } from 'node:timers/promises';
import type { ServerWritableStream } from '@grpc/grpc-js';
import type { PaymentResponse, ReceivedPaymentRequest } from '../../proto/messages.ts';
import { listenGrpc } from '../../sandbox/grpc-listener.ts';

/** Script of one call. */
export type ScriptedAnswer =
  /** OK with these replies; a correct service sends one. */
  | { readonly kind: 'replies'; readonly replies: readonly PaymentResponse[]; readonly afterMs: number }
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly details: string;
      readonly trailers: Readonly<Record<string, string>>;
    }
  /** The connection is destroyed. */
  | { readonly kind: 'cut' }
  | { readonly kind: 'never' };

/** A call as received. */
export interface ReceivedCall {
  readonly request: ReceivedPaymentRequest;
  /** Metadata `idempotency-key`. */
  readonly idempotencyKey: string | null;
  /** Metadata `traceparent`, if any. */
  readonly traceparent?: string;
}

/** A real payment service that follows a script, call by call. */
export interface ScriptedService {
  readonly host: string;
  readonly port: number;
  /** Every call so far, in order. */
  readonly calls: readonly ReceivedCall[];
  /** Resolves when `count` calls have arrived. */
  received(count: number): Promise<void>;
  stop(): Promise<void>;
}

/** One reply with these fields. */
export function reply(response: PaymentResponse, afterMs = 0): ScriptedAnswer {
  return { kind: 'replies', replies: [response], afterMs };
}

/** A status other than OK. */
export function failure(code: number, details = 'no', trailers: Readonly<Record<string, string>> = {}): ScriptedAnswer {
  return { kind: 'status', code, details, trailers };
}

/** An approval. */
export const APPROVAL: ScriptedAnswer = reply({ success: true, transaction_id: 'TXN-1', message: 'approved' });

/** Starts a service that answers the n-th call with the n-th answer, and every later one with the last. */
export async function startScriptedService(answers: readonly ScriptedAnswer[], port = 0): Promise<ScriptedService> {
  const { Metadata } = await import('@grpc/grpc-js');
  const { paymentServiceDefinition } = await import('../../proto/payment-service.ts');
  const calls: ReceivedCall[] = [];
  const watchers = new Set<() => void>();
  // Declared as a stream, the method can send no reply or two; one reply looks the same on the wire.
  const definition = { ProcessPayment: { ...paymentServiceDefinition.ProcessPayment, responseStream: true } };

  function begin(call: ServerWritableStream<ReceivedPaymentRequest, PaymentResponse>): void {
    const [key] = call.metadata.get('idempotency-key');
    const [trace] = call.metadata.get('traceparent');
    calls.push({
      request: call.request,
      idempotencyKey: typeof key === 'string' ? key : null,
      ...(typeof trace === 'string' ? { traceparent: trace } : {}),
    });
    for (const watcher of watchers) watcher();
    const answer = answers[Math.min(calls.length, answers.length) - 1];
    if (answer !== undefined) void give(call, answer);
  }

  async function give(
    call: ServerWritableStream<ReceivedPaymentRequest, PaymentResponse>,
    answer: ScriptedAnswer,
  ): Promise<void> {
    switch (answer.kind) {
      case 'replies':
        if (answer.afterMs > 0) await wait(answer.afterMs);
        for (const response of answer.replies) call.write(response);
        call.end();
        return;
      case 'status': {
        const metadata = new Metadata();
        for (const [name, value] of Object.entries(answer.trailers)) metadata.set(name, value);
        call.emit('error', { code: answer.code, details: answer.details, metadata });
        return;
      }
      case 'cut':
        listener.cut(call.getPeer());
        return;
      case 'never':
    }
  }

  const listener = await listenGrpc({ host: '127.0.0.1', port, definition, handlers: { ProcessPayment: begin } });
  return {
    host: listener.host,
    port: listener.port,
    calls,
    received(count) {
      return new Promise((resolve) => {
        const watcher = (): void => {
          if (calls.length < count) return;
          watchers.delete(watcher);
          resolve();
        };
        watchers.add(watcher);
        watcher();
      });
    },
    stop: () => listener.stop(),
  };
}
