/** What became of the Idempotency-Key of a request: known before, or none of these when it was new or not given. */
export type KnownKey = 'replayed' | 'reused' | 'in-progress';

/**
 * By what a request beyond the rate limit was counted: its principal, its address, or together with others, because as many
 * are remembered as may be.
 */
export type LimitedBy = 'principal' | 'address' | 'shared';

/** Why a request was not let in: what its credential was, a scope that it lacked, or that it could not be checked. */
export type Refusal = (typeof REFUSALS)[number];

/** Every {@link Refusal}. */
export const REFUSALS = [
  'missing',
  'malformed',
  'invalid',
  'expired',
  'revoked',
  'insufficient_scope',
  'unavailable',
] as const;

/** A request that is over. */
export interface EndedRequest {
  readonly method: string;
  /** The pattern of the path; null when no route matched. */
  readonly route: string | null;
  readonly status: number;
  readonly durationMs: number;
  readonly knownKey: KnownKey | null;
  readonly refusal: Refusal | null;
  /** True when it was answered that the service is overloaded. */
  readonly isOverloaded: boolean;
  /** Null when it was not beyond the rate limit. */
  readonly limitedBy: LimitedBy | null;
}

/** Measures requests. Called synchronously. */
export interface RequestMeter {
  begun(): void;
  /** Called once for each request that has begun; for a stream of events when it begins. */
  ended(request: EndedRequest): void;
  /** Called with the number of open connections whenever it changes, and how many there may be. */
  connections(open: number, max: number): void;
  /** Called for a connection that was refused. */
  connectionRefused(): void;
  /** Called when a stream of events ended because of its credential. */
  streamRefused(refusal: Refusal): void;
  /** Called with the number of open streams of events whenever it changes, and how many there may be. */
  streams(open: number, max: number): void;
}
