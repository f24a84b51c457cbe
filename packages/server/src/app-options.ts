import type { Reservations, ReservationStore } from '@reservations/core';
import type { Logger } from 'pino';
import type { CorsOrigins } from './cors-origins.ts';
import type { LifecycleState } from './health.ts';

/** The largest body that is read unless said otherwise: far more than any reservation needs. */
export const BODY_LIMIT_BYTES: number = 64 * 1024;

/** What the HTTP application works with. */
export interface AppOptions {
  readonly reservations: Pick<Reservations, 'create' | 'get'>;
  /** Asked by readiness whether it can be written. */
  readonly store: Pick<ReservationStore, 'checkWritable'>;
  /** Gets a line for each request and each fault. Default: none. */
  readonly logger?: Logger;
  /** Default: {@link BODY_LIMIT_BYTES}. */
  readonly bodyLimitBytes?: number;
  /**
   * Path below which clients reach the service: it is put before every link and cut off the paths of requests that
   * still have it. Default: what Express says, else none.
   */
  readonly basePath?: string;
  /** Whose pages may read answers. Default: "none", so that an application that embeds the service keeps its own rule. */
  readonly corsOrigins?: CorsOrigins;
  /** What readiness tells, beside the store. Default: always ready. */
  readonly state?: () => LifecycleState;
}
