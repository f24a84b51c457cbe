import type { ParameterizedContext } from 'koa';
import type { Principal } from '../auth/principal.ts';
import type { Credential } from './pipeline/credential-watch.ts';
import type { KnownKey, LimitedBy, Refusal } from '../observe/requests.ts';

/** State of one request. */
export interface AppState {
  /** The client's own `X-Request-Id`, or a new one. */
  requestId: string;
  /** W3C trace context: that of the request's span, else the client's; null for none. */
  traceparent: string | null;
  /** The sender. */
  principal: Principal;
  /** What let it in, for an answer that goes on for long; null when nothing had to be proved. */
  credential: Credential | null;
  /** Path below which the service is mounted, "" at the root: links begin with it. */
  mountPath: string;
  /** Path of the request as the client sent it, without its query. */
  instance: string;
  /** The reservation that the request is about, once it is known. */
  reservationId: string | null;
  /** What was known of its Idempotency-Key. */
  knownKey: KnownKey | null;
  /** Why it was not let in, or why its stream ended; null when it was, or had not to prove anything. */
  refusal: Refusal | null;
  /** True when it is answered with a stream of events, which has no end of its own. */
  isStream: boolean;
  /** True when it came on a connection beyond those that there may be, and was refused. */
  isConnectionRefused: boolean;
  /** True when it was answered that the service is overloaded. */
  isOverloaded: boolean;
  /** By what it was counted when it was beyond the rate limit. */
  limitedBy: LimitedBy | null;
  /** The error behind an answer of the service's own, for the log. */
  fault: unknown;
}

/** A request and its answer on their way through the service. */
export type AppContext = ParameterizedContext<AppState>;
