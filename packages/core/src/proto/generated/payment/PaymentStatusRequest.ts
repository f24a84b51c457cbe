// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

export interface PaymentStatusRequest {
  'transaction_id'?: (string);
}

export interface PaymentStatusRequest__Output {
  'transaction_id': (string);
}
