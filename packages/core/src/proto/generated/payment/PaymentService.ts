// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { PaymentRequest as _payment_PaymentRequest, PaymentRequest__Output as _payment_PaymentRequest__Output } from '../payment/PaymentRequest.ts';
import type { PaymentResponse as _payment_PaymentResponse, PaymentResponse__Output as _payment_PaymentResponse__Output } from '../payment/PaymentResponse.ts';
import type { PaymentStatusRequest as _payment_PaymentStatusRequest, PaymentStatusRequest__Output as _payment_PaymentStatusRequest__Output } from '../payment/PaymentStatusRequest.ts';
import type { PaymentStatusResponse as _payment_PaymentStatusResponse, PaymentStatusResponse__Output as _payment_PaymentStatusResponse__Output } from '../payment/PaymentStatusResponse.ts';

export interface PaymentServiceClient extends grpc.Client {
  GetPaymentStatus(argument: _payment_PaymentStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentStatus(argument: _payment_PaymentStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentStatus(argument: _payment_PaymentStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  GetPaymentStatus(argument: _payment_PaymentStatusRequest, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  getPaymentStatus(argument: _payment_PaymentStatusRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  getPaymentStatus(argument: _payment_PaymentStatusRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  getPaymentStatus(argument: _payment_PaymentStatusRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;
  getPaymentStatus(argument: _payment_PaymentStatusRequest, callback: grpc.requestCallback<_payment_PaymentStatusResponse__Output>): grpc.ClientUnaryCall;

  ProcessPayment(argument: _payment_PaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  ProcessPayment(argument: _payment_PaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  ProcessPayment(argument: _payment_PaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  ProcessPayment(argument: _payment_PaymentRequest, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  processPayment(argument: _payment_PaymentRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  processPayment(argument: _payment_PaymentRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  processPayment(argument: _payment_PaymentRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;
  processPayment(argument: _payment_PaymentRequest, callback: grpc.requestCallback<_payment_PaymentResponse__Output>): grpc.ClientUnaryCall;

}

export interface PaymentServiceHandlers extends grpc.UntypedServiceImplementation {
  GetPaymentStatus: grpc.handleUnaryCall<_payment_PaymentStatusRequest__Output, _payment_PaymentStatusResponse>;

  ProcessPayment: grpc.handleUnaryCall<_payment_PaymentRequest__Output, _payment_PaymentResponse>;

}

export interface PaymentServiceDefinition extends grpc.ServiceDefinition {
  GetPaymentStatus: MethodDefinition<_payment_PaymentStatusRequest, _payment_PaymentStatusResponse, _payment_PaymentStatusRequest__Output, _payment_PaymentStatusResponse__Output>
  ProcessPayment: MethodDefinition<_payment_PaymentRequest, _payment_PaymentResponse, _payment_PaymentRequest__Output, _payment_PaymentResponse__Output>
}
