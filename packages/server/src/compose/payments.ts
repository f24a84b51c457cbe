import type { Observer, Tracer } from '@reservations/core';
import { createGrpcPaymentGateway, type GrpcPaymentGateway, type PaymentTlsOptions } from '@reservations/core/grpc';
import type { PaymentConfig, PaymentTlsConfig } from '../config/payment-settings.ts';

/** A gateway, and where its payment service is, for messages. */
export interface Payments {
  /** Closing it also stops a sandbox that was started for it. */
  readonly gateway: GrpcPaymentGateway;
  readonly description: string;
}

/** What hears of the attempts of charges. */
export interface PaymentObservation {
  readonly observer: Observer;
  /** Absent: no spans. */
  readonly tracer?: Tracer;
}

/** Makes the gateway to the configured payment service, or starts a sandbox and makes the gateway to that. */
export async function openPayments(config: PaymentConfig, observation: PaymentObservation): Promise<Payments> {
  const common = {
    idempotency: config.paymentIdempotency,
    idleTimeoutMs: config.paymentIdleTimeoutMs,
    concurrencyMax: config.paymentConcurrency,
    queueMax: config.paymentQueue,
    ...observation,
  };
  if (!config.sandbox) {
    const { paymentHost: host, paymentPort: port } = config;
    const { paymentBalancing: balancing } = config;
    const tls = paymentTlsOptions(config);
    const gateway = createGrpcPaymentGateway({
      ...common,
      host,
      port,
      balancing,
      ...(tls === null ? {} : { tls }),
    });
    return { gateway, description: `${hostAndPort(host, port)}${tls === null ? '' : ', over TLS'}` };
  }
  // Only a server with the sandbox loads it.
  const { startSandboxPaymentService } = await import('@reservations/core/sandbox');
  const sandbox = await startSandboxPaymentService({ ledgerPath: config.sandboxLedger });
  const { host, port } = sandbox;
  const gateway = createGrpcPaymentGateway({ ...common, host, port });
  return {
    gateway: {
      ...gateway,
      async close() {
        await gateway.close();
        await sandbox.stop();
      },
    },
    description: `${hostAndPort(host, port)}, the sandbox: no money moves`,
  };
}

/** Returns the options of encryption as they are configured; null for plain text. */
function paymentTlsOptions(config: PaymentTlsConfig): PaymentTlsOptions | null {
  const { paymentTls, paymentCa, paymentCert, paymentKey, paymentServerName } = config;
  if (!paymentTls) return null;
  return {
    ...(paymentCa === null ? {} : { caFile: paymentCa }),
    ...(paymentCert === null ? {} : { certFile: paymentCert }),
    ...(paymentKey === null ? {} : { keyFile: paymentKey }),
    ...(paymentServerName === null ? {} : { serverName: paymentServerName }),
  };
}

/** An address in print: an IPv6 address stands in brackets, apart from its port. */
function hostAndPort(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
