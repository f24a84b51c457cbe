import { failed, type Finding, ok, warning } from './finding.ts';

/** Time before its end from which a certificate is to be renewed. */
const EXPIRY_WARNING_DAYS = 14;

const DAY_MS = 86_400_000;

/** Returns what the end of a certificate means; `found` says which certificate it is. */
export function expiryFinding(
  check: string,
  { found, expiresAtMs, nowMs }: { readonly found: string; readonly expiresAtMs: number; readonly nowMs: number },
  remedy: string,
): Finding {
  const days = Math.floor((expiresAtMs - nowMs) / DAY_MS);
  if (days < 0) return failed(check, `${found}, expired on ${new Date(expiresAtMs).toISOString()}`, remedy);
  const text = `${found}, valid for ${days} more days`;
  return days < EXPIRY_WARNING_DAYS ? warning(check, text, remedy) : ok(check, text);
}
