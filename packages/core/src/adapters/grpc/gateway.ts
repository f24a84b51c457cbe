import { AsyncLocalStorage } from 'node:async_hooks';
import { status } from '@grpc/grpc-js';
import { toMajorUnits } from '../../domain/money.ts';
import { toObserver } from '../../ports/combine-observers.ts';
import type { ChargeOptions, ChargeRequest, PaymentGateway } from '../../ports/payment-gateway.ts';
import { guardTracer } from '../../ports/guard-tracer.ts';
import type { PaymentRequest } from '../../proto/messages.ts';
import { type ConnectionState, createPaymentChannel } from './channel.ts';
import { type GrpcPaymentGatewayOptions, readOptions } from './options.ts';
import { type AttemptResult, type AttemptSignal, classifyAttempt } from './outcome.ts';
import { type CertificateStatus, openPaymentTls } from './payment-tls.ts';
import { type BreakerState, type ChargeLoad, createChargePolicy } from './policy.ts';

/** Name of the call in spans. */
const METHOD = 'payment.PaymentService/ProcessPayment';

/** A {@link PaymentGateway} over gRPC, with state for monitoring. */
export interface GrpcPaymentGateway extends PaymentGateway {
  breakerState(): BreakerState;
  load(): ChargeLoad;
  /** Returns the state of the connection; null for a channel that does not tell it. */
  connection(): ConnectionState | null;
  /** Returns the state of the certificates; null without `tls`. */
  certificate(): CertificateStatus | null;
}

/**
 * Charges through the service of proto/payment.proto. Connects on the first charge. A charge on a closed gateway is not
 * sent; `close` cancels running charges, whose outcome is then unknown.
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value.
 */
export function createGrpcPaymentGateway(options: GrpcPaymentGatewayOptions): GrpcPaymentGateway {
  const settings = readOptions(options);
  const observer = toObserver(options.observer);
  const tls = options.tls === undefined ? null : openPaymentTls(options.tls, options.host, observer);
  const { channel = createPaymentChannel(tls === null ? settings : { ...settings, tls }) } = options;
  const policy = createChargePolicy(settings);
  const tracer = options.tracer === undefined ? null : guardTracer(options.tracer);
  const attributes = {
    'rpc.system.name': 'grpc',
    'rpc.method': METHOD,
    'server.address': options.host,
    'server.port': options.port,
  };

  async function attempt(request: PaymentRequest, options: ChargeOptions): Promise<AttemptResult> {
    const { signal, traceparent = null, maySend } = options;
    const send = (context: string | null): Promise<AttemptSignal> =>
      channel.send(request, settings.attemptTimeoutMs, signal, context);
    if (signal.aborted || !maySend()) return classifyAttempt({ kind: 'withheld' });
    if (tracer === null) return classifyAttempt(await send(traceparent));
    return await tracer.inSpan(METHOD, { kind: 'client', attributes }, async (span) => {
      const ended = await send(tracer.current() ?? traceparent);
      const code = statusOf(ended);
      if (code !== null) span.set({ 'rpc.status_code': code });
      if (ended.kind !== 'reply') span.fail(code ?? ended.kind);
      return classifyAttempt(ended);
    });
  }

  return {
    idempotency: settings.idempotency,
    chargesMax: settings.concurrencyMax + settings.queueMax,
    charge(request, chargeOptions) {
      const message = toMessage(request);
      const { reservationId } = request;
      const run = (): Promise<AttemptResult> => attempt(message, chargeOptions);
      // A charge that leaves the queue is started by the one that has ended, with that one's span active.
      const inTrace = tracer === null ? null : AsyncLocalStorage.snapshot();
      return policy.run(inTrace === null ? run : () => inTrace(run), {
        signal: chargeOptions.signal,
        onAttempt: ({ outcome }, durationMs) => observer({ kind: 'attempt-ended', reservationId, outcome, durationMs }),
      });
    },
    breakerState: () => policy.breakerState(),
    load: () => policy.load(),
    connection: () => channel.connection?.() ?? null,
    certificate: () => tls?.status() ?? null,
    close() {
      tls?.close();
      channel.close();
      return Promise.resolve();
    },
  };
}

/** Name of the gRPC status; null when the call ended without one. */
function statusOf(ended: AttemptSignal): string | null {
  switch (ended.kind) {
    case 'reply':
      return 'OK';
    case 'error':
      return status[ended.code] ?? String(ended.code);
    case 'stream-refused':
    case 'withheld':
      return null;
  }
}

function toMessage(request: ChargeRequest): PaymentRequest {
  return {
    reservation_id: request.reservationId,
    user_id: request.userId,
    amount: toMajorUnits(request.money),
    currency: request.money.currency,
  };
}
