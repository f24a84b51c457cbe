// Apart from payment-service.ts, whose types need gRPC: projects without it must be able to compile against what names
// only messages.
export type { PaymentRequest__Output as ReceivedPaymentRequest } from './generated/payment/PaymentRequest.ts';
export type { PaymentRequest } from './generated/payment/PaymentRequest.ts';
export type { PaymentResponse } from './generated/payment/PaymentResponse.ts';
export type { PaymentResponse__Output as ReceivedPaymentResponse } from './generated/payment/PaymentResponse.ts';
