import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import { bits, boolean, type Der, der, integer, octets, oid, sequence, setOf, time, utf8 } from './der.ts';

/** A certificate and its private key, as PEM. */
export interface TestCertificate {
  readonly cert: string;
  readonly key: string;
}

/** What a certificate is issued for. */
export interface IssueOptions {
  /** DNS names and IPv4 addresses of the subject; the first one is its common name. */
  readonly names: readonly string[];
  /** Start of the validity, in milliseconds since 1970. Default: an hour ago. */
  readonly from?: number;
  /** End of the validity, in milliseconds since 1970. Default: in a day. */
  readonly to?: number;
}

/** A certificate authority that exists for one test. */
export interface TestAuthority {
  /** Its own certificate, as PEM. */
  readonly cert: string;
  issue(options: IssueOptions): TestCertificate;
}

interface Holder {
  readonly name: string;
  readonly publicKey: KeyObject;
}

interface Signer {
  readonly name: string;
  readonly privateKey: KeyObject;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

const ECDSA_WITH_SHA256 = sequence(oid('1.2.840.10045.4.3.2'));

/** Makes an authority with a new key. Two authorities must have different names. */
export function createAuthority(name: string, validity: Pick<IssueOptions, 'from' | 'to'> = {}): TestAuthority {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const signer = { name, privateKey };
  return {
    cert: certificate({ name, publicKey }, signer, validity, [
      extension('2.5.29.19', true, sequence(boolean(true))),
      extension('2.5.29.15', true, bits(Buffer.from([0b0000_0110]), 1)),
    ]),
    issue({ names, ...period }) {
      const pair = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
      const alternatives = extension('2.5.29.17', false, sequence(...names.map((each) => generalName(each))));
      return {
        cert: certificate({ name: names[0] ?? 'unnamed', publicKey: pair.publicKey }, signer, period, [alternatives]),
        key: pair.privateKey.export({
          type: 'pkcs8',
          format: 'pem',
        }) as string,
      };
    },
  };
}

function certificate(
  subject: Holder,
  issuer: Signer,
  { from = Date.now() - HOUR_MS, to = Date.now() + DAY_MS }: Pick<IssueOptions, 'from' | 'to'>,
  extensions: readonly Der[],
): string {
  const body = sequence(
    der(0xa0, integer(Buffer.from([2]))),
    integer(Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_WITH_SHA256,
    distinguishedName(issuer.name),
    sequence(time(from), time(to)),
    distinguishedName(subject.name),
    subject.publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(...extensions)),
  );
  const signed = sequence(body, ECDSA_WITH_SHA256, bits(sign('sha256', body, issuer.privateKey)));
  const lines = signed.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}

function distinguishedName(commonName: string): Der {
  return sequence(setOf(sequence(oid('2.5.4.3'), utf8(commonName))));
}

function extension(id: string, isCritical: boolean, value: Der): Der {
  return isCritical ? sequence(oid(id), boolean(true), octets(value)) : sequence(oid(id), octets(value));
}

function generalName(name: string): Der {
  if (isIP(name) === 4) return der(0x87, Buffer.from(name.split('.').map(Number)));
  return der(0x82, Buffer.from(name));
}
