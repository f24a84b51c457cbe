// Generated from proto/payment.proto by "pnpm generate". Not to be edited by hand.

import type * as grpc from '@grpc/grpc-js';
import type { MessageTypeDefinition } from '@grpc/proto-loader';

import type { PaymentRequest as _payment_PaymentRequest, PaymentRequest__Output as _payment_PaymentRequest__Output } from './payment/PaymentRequest.ts';
import type { PaymentResponse as _payment_PaymentResponse, PaymentResponse__Output as _payment_PaymentResponse__Output } from './payment/PaymentResponse.ts';
import type { PaymentServiceClient as _payment_PaymentServiceClient, PaymentServiceDefinition as _payment_PaymentServiceDefinition } from './payment/PaymentService.ts';
import type { PaymentStatusRequest as _payment_PaymentStatusRequest, PaymentStatusRequest__Output as _payment_PaymentStatusRequest__Output } from './payment/PaymentStatusRequest.ts';
import type { PaymentStatusResponse as _payment_PaymentStatusResponse, PaymentStatusResponse__Output as _payment_PaymentStatusResponse__Output } from './payment/PaymentStatusResponse.ts';

type SubtypeConstructor<Constructor extends new (...args: any) => any, Subtype> = {
  new(...args: ConstructorParameters<Constructor>): Subtype;
};

export interface ProtoGrpcType {
  payment: {
    PaymentRequest: MessageTypeDefinition<_payment_PaymentRequest, _payment_PaymentRequest__Output>
    PaymentResponse: MessageTypeDefinition<_payment_PaymentResponse, _payment_PaymentResponse__Output>
    PaymentService: SubtypeConstructor<typeof grpc.Client, _payment_PaymentServiceClient> & { service: _payment_PaymentServiceDefinition }
    PaymentStatusRequest: MessageTypeDefinition<_payment_PaymentStatusRequest, _payment_PaymentStatusRequest__Output>
    PaymentStatusResponse: MessageTypeDefinition<_payment_PaymentStatusResponse, _payment_PaymentStatusResponse__Output>
  }
}
