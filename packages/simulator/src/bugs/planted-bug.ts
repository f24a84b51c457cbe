import type { PaymentGateway, ReservationStore, SettlementOptions } from '@reservations/core';
import type { GrpcPaymentGatewayOptions } from '@reservations/core/grpc';
import type { PaymentChannel } from '../ports/payment-channel.ts';
import type { SimProcess } from '../world/process.ts';

/** A bug, wired in between an engine and its ports; the product's own code stays as it is. */
export interface PortWrappers {
  /** Stands between the engine and the store. */
  readonly store?: (store: ReservationStore, process: SimProcess) => ReservationStore;
  /** Stands between the engine and the payment gateway. */
  readonly gateway?: (gateway: PaymentGateway, process: SimProcess) => PaymentGateway;
  /** Stands between the gateway and the network. */
  readonly wire?: (wire: PaymentChannel) => PaymentChannel;
  readonly gatewayOptions?: Partial<GrpcPaymentGatewayOptions>;
  readonly settlement?: SettlementOptions;
}

/** A bug that the simulator must find. */
export interface PlantedBug {
  readonly name: string;
  /** What a programmer would have got wrong. */
  readonly mistake: string;
  /** Builds the bug anew for each run: some remember things. */
  plant(): PortWrappers;
}

/** A store whose appends are sabotaged. */
export function withAppend(
  store: ReservationStore,
  append: (inner: ReservationStore['events']['append']) => ReservationStore['events']['append'],
): ReservationStore {
  return { ...store, events: { ...store.events, append: append(store.events.append) } };
}
