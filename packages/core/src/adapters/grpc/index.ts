import '../../require-supported-node.ts';
export type { ConnectionState, PaymentBalancing, PaymentChannel } from './channel.ts';
export { createGrpcPaymentGateway, type GrpcPaymentGateway } from './gateway.ts';
export {
  ATTEMPTS_MAX,
  CONCURRENCY_DEFAULT,
  CONCURRENCY_MAX,
  type GrpcPaymentGatewayOptions,
  IDLE_TIMEOUT_MS_DEFAULT,
  IDLE_TIMEOUT_MS_MAX,
  IDLE_TIMEOUT_MS_MIN,
} from './options.ts';
export type { CertificateStatus } from './payment-tls.ts';
export type { PaymentTlsOptions } from './payment-tls.ts';
export type { AttemptError, AttemptSignal } from './outcome.ts';
export type { BreakerState, ChargeLoad } from './policy.ts';
export { readTlsIdentity, type TlsFileName, type TlsIdentity } from '../system/tls-identity.ts';
export { type WatchedFiles, watchFiles, type WatchFilesOptions } from '../system/watched-files.ts';
