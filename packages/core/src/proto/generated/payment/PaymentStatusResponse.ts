// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

export interface PaymentStatusResponse {
  'status'?: (string);
  'transaction_id'?: (string);
}

export interface PaymentStatusResponse__Output {
  'status': (string);
  'transaction_id': (string);
}
