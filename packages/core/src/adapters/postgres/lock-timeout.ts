import type { Statement } from './prepared.ts';

/** Limits the wait of each statement of this transaction for a lock. */
export function lockTimeout(ms: number): Statement<unknown> {
  return { text: "select set_config('lock_timeout', $1, true)", values: [String(ms)] };
}
