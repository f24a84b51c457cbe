export type { PaymentChannel } from './channel.ts';
export { createGrpcPaymentGateway, type GrpcPaymentGateway } from './gateway.ts';
export { ATTEMPTS_MAX, type GrpcPaymentGatewayOptions } from './options.ts';
export type { AttemptError, AttemptSignal } from './outcome.ts';
export type { BreakerState } from './policy.ts';
