import type { Observer } from '../ports/observer.ts';
import type { PaymentGateway } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { Runtime } from '../ports/runtime.ts';

/** What requests and settlement of one engine share. */
export interface EngineDeps {
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** True once the engine was told to stop: nothing more may be sent. */
  isStopping(): boolean;
  /** Aborts when the engine's patience with running charges is over. */
  readonly cancelled: AbortSignal;
}
