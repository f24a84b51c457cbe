import type { ReservationStore } from '@reservations/core';
import type { BreakerState, CertificateStatus, ChargeLoad, ConnectionState } from '@reservations/core/grpc';
import type { PoolLoad } from '@reservations/core/postgres';
import type { FileSizes } from '@reservations/core/sqlite';

/** What the store uses of its machine or server. */
export type StoreResources = ({ readonly kind: 'sqlite' } & FileSizes) | ({ readonly kind: 'postgres' } & PoolLoad);

/** State of this process that is read at any time and without waiting. */
export interface ProcessState {
  breakerState(): BreakerState;
  chargeLoad(): ChargeLoad;
  /** Null when it is not known. */
  connection(): ConnectionState | null;
  /** Certificates for the payment service; null without TLS. */
  certificate(): CertificateStatus | null;
  storeResources(): StoreResources;
  logLinesLost(): number;
}

/** The parts of a store that are sampled. */
export type SampledStore = Pick<ReservationStore, 'view' | 'events' | 'subscriptions' | 'checkWritable'>;
