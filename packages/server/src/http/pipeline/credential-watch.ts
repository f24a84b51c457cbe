import { setTimeout as sleepMs } from 'node:timers/promises';
import type { Refusal } from '../../observe/requests.ts';

/** Longest time between two checks of a credential, and the pause behind one that was not possible. */
const CHECK_MS = 5_000;

/** Shortest time between two checks: an answer of an authenticator that holds for no time does not keep the server busy. */
const CHECK_MIN_MS = 20;

/** A credential that let a request in. */
export interface Credential {
  /** Time for which this is known, in milliseconds; null for no statement. */
  readonly validForMs: number | null;
  /** Returns what it is worth now; null while it cannot be checked. */
  check(): Promise<CredentialCheck | null>;
}

/** What the check of a credential says. */
export type CredentialCheck =
  | { readonly isValid: true; readonly validForMs: number | null }
  | { readonly isValid: false; readonly refusal: Refusal };

type Sleep = (ms: number, signal: AbortSignal) => Promise<unknown>;

/**
 * Checks a credential again and again until the signal aborts, and calls `onRefused` once when it is worth nothing any more:
 * when the answer of the last check has run out, and every 5 s at the latest. One that cannot be checked goes on.
 */
export function watchCredential(
  credential: Credential | null,
  signal: AbortSignal,
  onRefused: (refusal: Refusal) => void,
  sleep: Sleep = (ms, aborts) => sleepMs(ms, undefined, { signal: aborts, ref: false }),
): void {
  if (credential === null) return;
  const { check } = credential;

  async function watch(firstMs: number | null): Promise<void> {
    for (let validForMs = firstMs; ;) {
      await sleep(pauseOf(validForMs), signal);
      const found = await check();
      if (signal.aborted) return;
      if (found?.isValid === false) {
        onRefused(found.refusal);
        return;
      }
      validForMs = found?.validForMs ?? null;
    }
  }

  // It ends with the sleep that the signal interrupts.
  watch(credential.validForMs).catch(() => undefined);
}

/** An answer without a number, which an application's own function may give, is one without a statement. */
function pauseOf(validForMs: number | null): number {
  if (validForMs === null || Number.isNaN(validForMs)) return CHECK_MS;
  return Math.min(CHECK_MS, Math.max(CHECK_MIN_MS, Math.ceil(validForMs)));
}
