import type { Clock } from './clock.ts';

/** All sources of nondeterminism, passed in so that a run can be replayed. */
export interface Runtime {
  readonly clock: Clock;
  /** A new UUIDv7 in lower case that sorts behind the previous one. */
  newUuid(): string;
  /** A number from 0 up to but not including 1. */
  random(): number;
}
