import type { Reservations, ReservationStore, Tracer } from '@reservations/core';
import type { Logger } from 'pino';
import type { Authenticator } from '../auth/authenticator.ts';
import type { CorsOrigins } from '../config/cors-origins.ts';
import type { RateLimit } from '../config/rate-limit.ts';
import type { RequestMeter } from '../observe/requests.ts';
import type { LifecycleState } from './health/readiness.ts';
import type { StatusOptions } from './health/status-options.ts';

/** Options of the HTTP application. */
export interface AppOptions {
  readonly reservations: Pick<Reservations, 'create' | 'get' | 'history' | 'list' | 'isOverloaded'>;
  /** Readiness checks that it can be written; its events are shown. */
  readonly store: Pick<ReservationStore, 'checkWritable' | 'events'>;
  /**
   * Says who sends a request; each then needs the scope of its operation, and sees what its sender has made. Default: none,
   * every request may do everything.
   */
  readonly auth?: Authenticator | undefined;
  /** Gets a line for each request and each fault. Default: none. */
  readonly logger?: Logger;
  /** Records a span for each request. Default: none. */
  readonly tracer?: Tracer;
  /** Measures each request. Default: none. */
  readonly requests?: RequestMeter;
  /** `GET /health/status`. Default: none, the path does not exist. */
  readonly status?: StatusOptions;
  /** At most 256 KiB. Default: 64 KiB. */
  readonly bodyLimitBytes?: number;
  /**
   * Path below which clients reach the service: it is put before every link and cut off the paths of requests that
   * still have it. Default: what Express says, else none.
   */
  readonly basePath?: string;
  /** Origins whose pages may read answers. Default: "none", so that an application that embeds the service keeps its own rule. */
  readonly corsOrigins?: CorsOrigins;
  /** Requests that each client may send: "100/min". Each process counts for itself. Default: null, no limit. */
  readonly rateLimit?: RateLimit | null;
  /** Streams of events that may be open at a time. Default: 2,000. */
  readonly streamsMax?: number;
  /** True for a connection beyond those that may be open: its requests are refused. Default: none is. */
  readonly isExcess?: (connection: object) => boolean;
  /** Proxies in front of the service whose `X-Forwarded-For` tells the address of a client. Default: 0, none is believed. */
  readonly trustedProxies?: number;
  /** The lifecycle state that readiness reports, beside the store. Default: always ready. */
  readonly state?: () => LifecycleState;
  /** Aborts when the service begins to stop: streams of events end then. Default: they do not. */
  readonly stopping?: AbortSignal;
}
