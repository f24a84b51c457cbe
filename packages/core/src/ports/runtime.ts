import type { Clock } from './clock.ts';

/** Everything that is not deterministic; handed in, so that a run can be replayed. */
export interface Runtime {
  readonly clock: Clock;
  /** A new UUIDv7 in lower case, later in sort order than the one before it. */
  newUuid(): string;
  /** A number from 0 up to but not including 1. */
  random(): number;
}
