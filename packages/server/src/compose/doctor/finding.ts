/** Result of one check of a machine. */
export interface Finding {
  /** What was checked, such as "database: version". Stable. */
  readonly check: string;
  /** "left-out": it could not be checked, or does not apply; `found` says why. */
  readonly result: 'ok' | 'warning' | 'failed' | 'left-out';
  /** What was found, in words. */
  readonly found: string;
  /** How to mend it; null when there is nothing to mend. */
  readonly remedy: string | null;
}

/** A requirement that is met. */
export function ok(check: string, found: string): Finding {
  return { check, result: 'ok', found, remedy: null };
}

/** Something that works and that an operator should know. */
export function warning(check: string, found: string, remedy: string): Finding {
  return { check, result: 'warning', found, remedy };
}

/** Something that keeps a server from starting or from charging. */
export function failed(check: string, found: string, remedy: string): Finding {
  return { check, result: 'failed', found, remedy };
}

/** A check that was not made. */
export function leftOut(check: string, reason: string): Finding {
  return { check, result: 'left-out', found: reason, remedy: null };
}

/** Returns the message of what was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
