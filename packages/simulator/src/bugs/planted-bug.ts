import type { PaymentGateway, Reservations, ReservationStore, SettlementOptions } from '@reservations/core';
import type { GrpcPaymentGatewayOptions, PaymentChannel } from '@reservations/core/grpc';
import type { SimProcess } from '../world/process.ts';

/** Wrappers of an engine's ports that bring a bug about. The product's own code stays unchanged. */
export interface PortWrappers {
  /** Wraps the store of an engine. */
  readonly store?: (store: ReservationStore, process: SimProcess) => ReservationStore;
  /** Wraps the payment gateway of an engine. */
  readonly gateway?: (gateway: PaymentGateway, process: SimProcess) => PaymentGateway;
  /** Wraps the channel of a gateway. */
  readonly channel?: (channel: PaymentChannel) => PaymentChannel;
  /** Wraps the engine. */
  readonly engine?: (engine: Reservations) => Reservations;
  readonly gatewayOptions?: Partial<GrpcPaymentGatewayOptions>;
  readonly settlement?: SettlementOptions;
}

/** A bug that is planted on purpose: the checks must find it. */
export interface PlantedBug {
  readonly name: string;
  /** The programming error. */
  readonly mistake: string;
  /** Builds the wrappers of one run. Some have state. */
  plant(): PortWrappers;
}

/** Wraps the append of a store. */
export function withAppend(
  store: ReservationStore,
  append: (inner: ReservationStore['events']['append']) => ReservationStore['events']['append'],
): ReservationStore {
  return { ...store, events: { ...store.events, append: append(store.events.append) } };
}
