import { X509Certificate } from 'node:crypto';
import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import type { PaymentAddress, PaymentTlsConfig } from '../../config/payment-settings.ts';
import { type PaymentTlsFiles, readPaymentTlsFiles } from '../payment-tls-files.ts';
import { expiryFinding } from './expiry.ts';
import { failed, type Finding, leftOut, messageOf, warning } from './finding.ts';

/** Time for connection and handshake. */
const HANDSHAKE_TIMEOUT_MS = 3_000;

/** What a client of HTTP/2 sends first: a fixed text, and settings without any value. */
const HTTP2_PREFACE = Buffer.concat([
  Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
  Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]),
]);

const CHECK = 'payment service: TLS';

/** Settings of the connection that is checked. */
export type PaymentTlsTarget = PaymentAddress & PaymentTlsConfig;

/**
 * Checks the encryption of the connection to the payment service: the files, the handshake with the names and
 * authorities that a server uses, HTTP/2, and how long the certificates are valid. Sends no call.
 */
export async function checkPaymentTls(config: PaymentTlsTarget, nowMs: number): Promise<readonly Finding[]> {
  let files: PaymentTlsFiles | null;
  try {
    files = readPaymentTlsFiles(config);
  } catch (error) {
    const remedy =
      'correct --payment-ca, --payment-cert or --payment-key, and let the user of the server read the files';
    return [failed(CHECK, messageOf(error), remedy)];
  }
  if (files === null) return [plainFinding(config.paymentHost)];
  const own = files.cert === undefined ? [] : [ownFinding(files.cert, nowMs)];
  try {
    const { protocol, expiresAtMs } = await shakeHands(config, files);
    const found = `${protocol}; the certificate of the payment service`;
    return [
      ...own,
      expiryFinding(CHECK, { found, expiresAtMs, nowMs }, 'have the payment service renew its certificate'),
    ];
  } catch (error) {
    return [...own, failed(CHECK, messageOf(error), remedyOf(error))];
  }
}

function plainFinding(host: string): Finding {
  if (host === 'localhost' || host === '::1' || host.startsWith('127.'))
    return leftOut(CHECK, 'not used on this machine');
  const remedy = 'unless both ends are in one trusted network, set --payment-tls';
  return warning(CHECK, 'the connection is not encrypted', remedy);
}

function ownFinding(cert: Buffer, nowMs: number): Finding {
  const check = 'payment service: own certificate';
  try {
    const { validToDate, subject } = new X509Certificate(cert);
    const found = subject.replaceAll('\n', ', ');
    return expiryFinding(
      check,
      { found, expiresAtMs: validToDate.getTime(), nowMs },
      'renew it; a server reads the new file by itself',
    );
  } catch (error) {
    return failed(check, messageOf(error), '--payment-cert takes a certificate as PEM');
  }
}

interface Handshake {
  readonly protocol: string;
  readonly expiresAtMs: number;
}

/** Resolves when the payment service has answered in HTTP/2: with TLS 1.3 a client is refused after the handshake. */
function shakeHands(
  { paymentHost, paymentPort }: PaymentTlsTarget,
  { serverName: name = paymentHost, ...files }: PaymentTlsFiles,
): Promise<Handshake> {
  return new Promise((resolve, reject) => {
    const socket = connectTcp({ host: paymentHost, port: paymentPort });
    const secure: TLSSocket = connectTls({
      ...files,
      socket,
      host: name,
      servername: isIP(name) > 0 ? '' : name,
      ALPNProtocols: ['h2'],
      minVersion: 'TLSv1.2',
    });
    const end = (error: Error | null): void => {
      if (error !== null) reject(error);
      secure.destroy();
      socket.destroy();
    };
    secure.setTimeout(HANDSHAKE_TIMEOUT_MS, () => end(new Error(`no answer within ${HANDSHAKE_TIMEOUT_MS} ms`)));
    secure.once('secureConnect', () => {
      if (secure.alpnProtocol !== 'h2') end(new Error('it does not offer HTTP/2 (ALPN h2), which gRPC needs'));
      else secure.write(HTTP2_PREFACE);
    });
    secure.once('data', () => {
      resolve({
        protocol: secure.getProtocol() ?? 'TLS',
        expiresAtMs: Date.parse(secure.getPeerCertificate().valid_to),
      });
      end(null);
    });
    secure.on('error', end);
    socket.on('error', end);
    secure.once('close', () => end(new Error('the connection was closed during the handshake')));
  });
}

const REMEDIES: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'have the payment service renew its certificate, and check the clock of this machine',
  CERT_NOT_YET_VALID: 'check the clock of this machine',
  ERR_TLS_CERT_ALTNAME_INVALID: 'set --payment-server-name to a name in the certificate',
  SELF_SIGNED_CERT_IN_CHAIN: 'set --payment-ca to the authority that signed it',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'set --payment-ca to this certificate, or to the authority that should have signed it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'set --payment-ca to the authority that signed it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'set --payment-ca to the authority that signed it',
  ERR_SSL_WRONG_VERSION_NUMBER:
    'the payment service speaks plain text there: correct the port, or leave --payment-tls out',
};

function remedyOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return (
    REMEDIES[code] ??
    'check that the payment service speaks TLS there, and whether it asks for a certificate (--payment-cert, --payment-key)'
  );
}
