import { createPrivateKey, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';

/** Files of one side of a connection, as PEM. */
export type TlsFileName = 'caFile' | 'certFile' | 'keyFile';

/** Certificates as they were read. */
export interface TlsIdentity {
  readonly context: SecureContext;
  /** Subject and end of the client's own certificate; null without one. */
  readonly client: { readonly subject: string; readonly expiresAtMs: number } | null;
  /**
   * Time at which the client's certificate, one of its intermediate authorities, or the last authority of the CA file
   * expires, in milliseconds since 1970; null when no file is given.
   */
  readonly expiresAtMs: number | null;
}

/**
 * Reads the contents of the files.
 * @throws {Error} in words, when they are no certificates, no key, or do not belong together.
 */
export function readTlsIdentity({ caFile, certFile, keyFile }: Partial<Record<TlsFileName, Buffer>>): TlsIdentity {
  const authorities = caFile === undefined ? [] : certificatesIn('caFile', caFile);
  const chain = certFile === undefined ? [] : certificatesIn('certFile', certFile);
  const [own] = chain;
  if (own !== undefined && keyFile !== undefined) checkKey(own, keyFile);
  const ends = chain.map((each) => each.validToDate.getTime());
  if (authorities.length > 0) ends.push(Math.max(...authorities.map((each) => each.validToDate.getTime())));
  return {
    // As `ca: undefined` would, the absence of `ca` means the authorities of Node.
    context: createSecureContext({
      minVersion: 'TLSv1.2',
      ...(caFile === undefined ? {} : { ca: caFile }),
      ...(certFile === undefined ? {} : { cert: certFile }),
      ...(keyFile === undefined ? {} : { key: keyFile }),
    }),
    client:
      own === undefined
        ? null
        : { subject: own.subject.replaceAll('\n', ', '), expiresAtMs: own.validToDate.getTime() },
    expiresAtMs: ends.length === 0 ? null : Math.min(...ends),
  };
}

const PEM_CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

function certificatesIn(name: TlsFileName, content: Buffer): readonly X509Certificate[] {
  const found = content.toString('latin1').match(PEM_CERTIFICATE) ?? [];
  if (found.length === 0) throw new Error(`${name}: there is no certificate in PEM format in the file`);
  return found.map((pem) => {
    try {
      return new X509Certificate(pem);
    } catch (cause) {
      throw new Error(`${name}: a certificate in the file is damaged`, { cause });
    }
  });
}

function checkKey(certificate: X509Certificate, pem: Buffer): void {
  let matches: boolean;
  try {
    matches = certificate.checkPrivateKey(createPrivateKey(pem));
  } catch (cause) {
    throw new Error('keyFile: there is no private key in PEM format without a passphrase in the file', { cause });
  }
  if (!matches) throw new Error('keyFile: the private key is not that of the certificate in certFile');
}
