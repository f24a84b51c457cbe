// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

export interface PaymentResponse {
  'success'?: (boolean);
  'transaction_id'?: (string);
  'message'?: (string);
}

export interface PaymentResponse__Output {
  'success': (boolean);
  'transaction_id': (string);
  'message': (string);
}
