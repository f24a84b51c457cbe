import type { ChannelCredentials, ClientOptions, ServiceDefinition } from '@grpc/grpc-js';
import { makeClientConstructor } from '@grpc/grpc-js';
import { fromJSON } from '@grpc/proto-loader';
import { descriptor } from './generated/descriptor.ts';
import type { PaymentServiceClient, PaymentServiceDefinition } from './generated/payment/PaymentService.ts';

/**
 * Fields keep the names of the .proto file. With `defaults` a field that is absent on the wire reads as its
 * proto3 default, so that an empty reply looks like what it is: a decline without a word.
 */
const packageDefinition = fromJSON(descriptor, { keepCase: true, defaults: true });

/** The service of proto/payment.proto, for servers and clients. */
export const paymentServiceDefinition: PaymentServiceDefinition & ServiceDefinition = packageDefinition[
  'payment.PaymentService'
] as unknown as PaymentServiceDefinition & ServiceDefinition;

type PaymentServiceClientConstructor = new (
  address: string,
  credentials: ChannelCredentials,
  options?: ClientOptions,
) => PaymentServiceClient;

/** A typed client of proto/payment.proto; `address` is "host:port". */
export const PaymentServiceStub: PaymentServiceClientConstructor = makeClientConstructor(
  paymentServiceDefinition,
  'payment.PaymentService',
) as unknown as PaymentServiceClientConstructor;

export type { PaymentServiceClient, PaymentServiceHandlers } from './generated/payment/PaymentService.ts';
