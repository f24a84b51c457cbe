// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

export interface PaymentRequest {
  'reservation_id'?: (string);
  'user_id'?: (string);
  'amount'?: (number | string);
  'currency'?: (string);
}

export interface PaymentRequest__Output {
  'reservation_id': (string);
  'user_id': (string);
  'amount': (number);
  'currency': (string);
}
