import type { TlsIdentity } from '../system/tls-identity.ts';

/** How a TLS connection ended before it was of use. */
export interface FailedConnection {
  /** Code of Node's error, or '' without one. */
  readonly code: string;
  /** Text of Node's error, or '' without one. */
  readonly message: string;
  /** True when the handshake had ended for this side; with TLS 1.3 the server judges the client only after that. */
  readonly wasSecure: boolean;
}

/** Codes of a certificate that this side did not accept; see the list in Node's documentation of TLS. */
const NOT_ACCEPTED_BY_US =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|ERROR_IN_CERT_|ERR_TLS_CERT_)/;

/** Alerts by which a server states that it does not accept the certificate of its client. */
const NOT_ACCEPTED_BY_PEER = /ALERT_.*(CERTIFICATE|UNKNOWN_CA)/;

/**
 * Returns in words which certificate was not accepted; null when the connection failed for another reason. A label for
 * operators: whether a request was sent is proved elsewhere.
 */
export function certificateFault(
  failed: FailedConnection,
  client: TlsIdentity['client'],
  nowMs: number,
): string | null {
  const { code, message, wasSecure } = failed;
  if (NOT_ACCEPTED_BY_US.test(code)) {
    return `the certificate of the payment service is not accepted: ${message} (${code})`;
  }
  if (/ALERT_CERTIFICATE_REQUIRED/.test(code) && client === null) {
    return 'the payment service requires a certificate of its client, and none is given';
  }
  if (NOT_ACCEPTED_BY_PEER.test(code))
    return `the payment service does not accept ${described(client, nowMs)} (${code})`;
  if (client === null) return null;
  // Some servers close the connection instead of stating why.
  const isExpired = client.expiresAtMs <= nowMs;
  if (wasSecure || isExpired) {
    return `the payment service closed the connection at the TLS handshake; it may not accept ${described(client, nowMs)}`;
  }
  return null;
}

function described(client: TlsIdentity['client'], nowMs: number): string {
  if (client === null) return 'a client without a certificate';
  const end = new Date(client.expiresAtMs).toISOString();
  return `our certificate (${client.subject}, ${client.expiresAtMs <= nowMs ? 'expired at' : 'valid until'} ${end})`;
}
