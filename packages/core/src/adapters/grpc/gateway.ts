import { status } from '@grpc/grpc-js';
import { toMajorUnits } from '../../domain/money.ts';
import { toObserver } from '../../ports/combine-observers.ts';
import type { ChargeOptions, ChargeRequest, PaymentGateway } from '../../ports/payment-gateway.ts';
import type { PaymentRequest } from '../../proto/messages.ts';
import { createPaymentChannel } from './channel.ts';
import { type GrpcPaymentGatewayOptions, readOptions } from './options.ts';
import { type AttemptResult, classifyAttempt } from './outcome.ts';
import { type CertificateStatus, openPaymentTls } from './payment-tls.ts';
import { type BreakerState, type ChargeLoad, createChargePolicy } from './policy.ts';

/** Name of the call in spans. */
const METHOD = 'payment.PaymentService/ProcessPayment';

/** A {@link PaymentGateway} over gRPC, with state for monitoring. */
export interface GrpcPaymentGateway extends PaymentGateway {
  breakerState(): BreakerState;
  load(): ChargeLoad;
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
  const { tracer = null } = options;
  const attributes = {
    'rpc.system.name': 'grpc',
    'rpc.method': METHOD,
    'server.address': options.host,
    'server.port': options.port,
  };

  async function attempt(request: PaymentRequest, { signal, maySend }: ChargeOptions): Promise<AttemptResult> {
    if (signal.aborted || !maySend()) return classifyAttempt({ kind: 'withheld' });
    if (tracer === null) return classifyAttempt(await channel.send(request, settings.attemptTimeoutMs, signal));
    return await tracer.inSpan(METHOD, { kind: 'client', attributes }, async (span) => {
      const ended = await channel.send(request, settings.attemptTimeoutMs, signal, tracer.current());
      const code = ended.kind === 'error' ? ended.code : status.OK;
      span.set({ 'rpc.response.status_code': status[code] ?? String(code) });
      const result = classifyAttempt(ended);
      if (ended.kind !== 'reply') span.fail(ended.kind === 'error' ? (status[code] ?? String(code)) : ended.kind);
      return result;
    });
  }

  return {
    idempotency: settings.idempotency,
    charge(request, chargeOptions) {
      const message = toMessage(request);
      const { reservationId } = request;
      return policy.run(() => attempt(message, chargeOptions), {
        signal: chargeOptions.signal,
        onAttempt: ({ outcome }, durationMs) => observer({ kind: 'attempt-ended', reservationId, outcome, durationMs }),
      });
    },
    breakerState: () => policy.breakerState(),
    load: () => policy.load(),
    certificate: () => tls?.status() ?? null,
    close() {
      tls?.close();
      channel.close();
      return Promise.resolve();
    },
  };
}

function toMessage(request: ChargeRequest): PaymentRequest {
  return {
    reservation_id: request.reservationId,
    user_id: request.userId,
    amount: toMajorUnits(request.money),
    currency: request.money.currency,
  };
}
