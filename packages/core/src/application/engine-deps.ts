import type { Observer } from '../ports/observer.ts';
import type { PaymentGateway } from '../ports/payment-gateway.ts';
import type { ReservationStore } from '../ports/reservation-store.ts';
import type { Runtime } from '../ports/runtime.ts';
import type { Tracer } from '../ports/tracer.ts';

/** Dependencies shared by requests and settlement of one engine. */
export interface EngineDeps {
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  readonly runtime: Runtime;
  readonly observer: Observer;
  /** Null: no spans. Store and gateway have theirs already. */
  readonly tracer: Tracer | null;
  /** True after the engine was told to stop: nothing more may be sent. */
  isStopping(): boolean;
  /** Aborts when the drain time of the engine is over. */
  readonly cancelled: AbortSignal;
}
