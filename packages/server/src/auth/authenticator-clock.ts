/** The clocks of an authenticator. */
export interface AuthenticatorClock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds that only move forward. */
  monotonicMs(): number;
}

/** The clocks of the machine. */
export const MACHINE_CLOCK: AuthenticatorClock = { now: () => Date.now(), monotonicMs: () => performance.now() };
