import { createAuthority, type TestCertificate } from '@reservations/test-certificates';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { PaymentOutcome } from '../../domain/payment-outcome.ts';
import type { Observation } from '../../ports/observer.ts';
import { exampleId } from '../../testing/builders.ts';
import { EXAMPLE_CHARGE, gist } from '../../testing/payment-gateway-contract/case.ts';
import { APPROVAL, startScriptedService } from '../../testing/payment-gateway-contract/scripted-service.ts';
import { createGrpcPaymentGateway, type GrpcPaymentGateway } from './gateway.ts';
import type { GrpcPaymentGatewayOptions } from './options.ts';
import { startTlsService, testFolder } from './test-tls-service.ts';
import type { PaymentTlsOptions } from './payment-tls.ts';

const PAST = { from: Date.now() - 172_800_000, to: Date.now() - 86_400_000 };

const authority = createAuthority('authority of the payment service');
const stranger = createAuthority('another authority');
const SERVICE = authority.issue({ names: ['127.0.0.1', 'payments.test'] });

function open(options: Partial<GrpcPaymentGatewayOptions> & { readonly port: number }): GrpcPaymentGateway {
  const gateway = createGrpcPaymentGateway({ host: '127.0.0.1', attemptTimeoutMs: 2_000, ...options });
  onTestFinished(() => gateway.close());
  return gateway;
}

function charge(gateway: GrpcPaymentGateway, number = 1): Promise<PaymentOutcome> {
  const request = { ...EXAMPLE_CHARGE, reservationId: exampleId(number) };
  return gateway.charge(request, { signal: new AbortController().signal, maySend: () => true });
}

/** Options for a client with this certificate. */
function client(identity: TestCertificate | null, ca: string = authority.cert): PaymentTlsOptions {
  const files = testFolder();
  const caFile = files.write('ca.pem', ca);
  if (identity === null) return { caFile };
  return { caFile, certFile: files.write('cert.pem', identity.cert), keyFile: files.write('key.pem', identity.key) };
}

/** Returns a function that writes a client's certificate and key into files, the same ones each time. */
function clientFiles(
  files: ReturnType<typeof testFolder>,
): (certificate: TestCertificate) => { readonly certFile: string; readonly keyFile: string } {
  return ({ cert, key }) => ({ certFile: files.write('cert.pem', cert), keyFile: files.write('key.pem', key) });
}

test('a charge is approved over TLS, by address and by another name of the service', async () => {
  const service = await startTlsService(SERVICE);
  const tls = client(null);
  expect(gist(await charge(open({ port: service.port, tls })))).toMatch(/^approved TXN-/);
  const named = open({ port: service.port, tls: { ...tls, serverName: 'payments.test' } });
  expect(gist(await charge(named, 2))).toMatch(/^approved TXN-/);
  expect(service.calls).toEqual([exampleId(1), exampleId(2)]);
});

describe('not sent with the cause certificate is a charge whose service', () => {
  test.each([
    ['has an expired certificate', authority.issue({ names: ['127.0.0.1'], ...PAST }), /certificate has expired/],
    ['has a certificate of another authority', stranger.issue({ names: ['127.0.0.1'] }), /not accepted: unable to/],
    ['has a certificate of another name', authority.issue({ names: ['other.test'] }), /does not match/],
  ])('%s', async (_, identity, words) => {
    const service = await startTlsService(identity);
    const outcome = await charge(open({ port: service.port, tls: client(null), idempotency: 'none' }));
    expect(outcome).toMatchObject({ kind: 'not-sent', cause: 'certificate', detail: expect.stringMatching(words) });
    expect(service.calls).toEqual([]);
  });

  test.each([
    ['demands a certificate of its client and gets none', null, /requires a certificate of its client/],
    [
      'does not know the authority of its client',
      stranger.issue({ names: ['client'] }),
      /may not accept our certificate/,
    ],
    ['sees that its client has expired', authority.issue({ names: ['client'], ...PAST }), /CN=client, expired at/],
  ])('%s', async (_, identity, words) => {
    const service = await startTlsService(SERVICE, { clientCa: authority.cert });
    const outcome = await charge(open({ port: service.port, tls: client(identity), idempotency: 'none' }));
    expect(outcome).toMatchObject({ kind: 'not-sent', cause: 'certificate', detail: expect.stringMatching(words) });
    expect(service.calls).toEqual([]);
  });
});

test('a service that is away is no fault of a certificate, also when one was before', async () => {
  const service = await startTlsService(authority.issue({ names: ['127.0.0.1'], ...PAST }));
  const gateway = open({ port: service.port, tls: client(null) });
  expect(gist(await charge(gateway))).toBe('not-sent certificate');
  service.stop();
  await expect.poll(async () => gist(await charge(gateway))).toBe('not-sent no-connection');
});

test('a service without TLS is not sent anything', async () => {
  const service = await startScriptedService([APPROVAL]);
  onTestFinished(() => service.stop());
  expect(gist(await charge(open({ port: service.port, tls: client(null) })))).toBe('not-sent no-connection');
  expect(service.calls).toEqual([]);
});

test('files that change are used without a restart, and a charge under way ends on the old connection', async () => {
  const service = await startTlsService(SERVICE, { clientCa: authority.cert, answerAfterMs: 300 });
  const files = testFolder();
  const first = authority.issue({ names: ['client'] });
  const second = authority.issue({ names: ['client'], to: Date.now() + 3_600_000 });
  const observations: Observation[] = [];
  const write = ({ cert, key }: TestCertificate) => ({
    certFile: files.write('cert.pem', cert),
    keyFile: files.write('key.pem', key),
  });
  const tls = { caFile: files.write('ca.pem', authority.cert), ...write(first), lookEveryMs: 20 };
  const observer = (observation: Observation): void => void observations.push(observation);
  const gateway = open({ port: service.port, tls, observer, idempotency: 'none' });
  expect(gist(await charge(gateway))).toMatch(/^approved/);
  const underWay = charge(gateway, 2);
  await expect.poll(() => service.calls.length).toBe(2);
  const before = gateway.certificate()?.expiresAtMs;
  write(second);
  await expect.poll(() => gateway.certificate()?.expiresAtMs).not.toBe(before);
  const next = charge(gateway, 3);
  expect(gist(await underWay)).toMatch(/^approved/);
  expect(gist(await next)).toMatch(/^approved/);
  expect(service.calls).toEqual([exampleId(1), exampleId(2), exampleId(3)]);
  expect(observations.filter(({ kind }) => kind === 'payment-certificates')).toEqual([
    { kind: 'payment-certificates', inUse: true, detail: expect.stringMatching(/in use \(CN=client\), valid until/) },
  ]);
});

test('certificates that change under load cost no charge, also without idempotency', async () => {
  const service = await startTlsService(SERVICE, { clientCa: authority.cert });
  const files = testFolder();
  const write = clientFiles(files);
  let changes = 0;
  const gateway = open({
    port: service.port,
    idempotency: 'none',
    tls: {
      caFile: files.write('ca.pem', authority.cert),
      ...write(authority.issue({ names: ['client'] })),
      lookEveryMs: 20,
    },
    observer(observation) {
      if (observation.kind === 'payment-certificates' && observation.inUse) changes += 1;
    },
  });
  let charges = 0;
  let ended = 0;
  const isOver = (): boolean => changes === 4;
  const worker = async (): Promise<readonly string[]> => {
    const kinds: string[] = [];
    while (!isOver()) {
      charges += 1;
      kinds.push((await charge(gateway, charges)).kind);
      ended += 1;
    }
    return kinds;
  };
  const workers = Promise.all(Array.from({ length: 8 }, worker));
  for (let number = 1; number <= 4; number += 1) {
    // A charge that waits for a connection loses an attempt with each change, and has three.
    const endedBefore = ended;
    await expect.poll(() => ended).toBeGreaterThan(endedBefore + 16);
    write(authority.issue({ names: ['client'] }));
    await expect.poll(() => changes).toBe(number);
  }
  expect(new Set((await workers).flat())).toEqual(new Set(['approved']));
  expect(new Set(service.calls).size).toBe(service.calls.length);
  expect(service.calls.length).toBe(charges);
});

test('an expired certificate is replaced by its file, and charges succeed again', async () => {
  const service = await startTlsService(SERVICE, { clientCa: authority.cert });
  const files = testFolder();
  const write = clientFiles(files);
  const expired = write(authority.issue({ names: ['client'], ...PAST }));
  const gateway = open({
    port: service.port,
    tls: { caFile: files.write('ca.pem', authority.cert), ...expired, lookEveryMs: 20 },
  });
  expect(gist(await charge(gateway))).toBe('not-sent certificate');
  expect(gateway.certificate()?.expiresAtMs).toBeLessThan(Date.now());
  write(authority.issue({ names: ['client'] }));
  await expect.poll(async () => gist(await charge(gateway))).toMatch(/^approved/);
});

test('files that cannot be used leave the earlier ones in use, and say so', async () => {
  const service = await startTlsService(SERVICE, { clientCa: authority.cert });
  const files = testFolder();
  const own = authority.issue({ names: ['client'] });
  const other = authority.issue({ names: ['client'] });
  const keyFile = files.write('key.pem', own.key);
  const alarms: string[] = [];
  const gateway = open({
    port: service.port,
    tls: {
      caFile: files.write('ca.pem', authority.cert),
      certFile: files.write('cert.pem', own.cert),
      keyFile,
      lookEveryMs: 20,
    },
    observer(observation) {
      if (observation.kind === 'payment-certificates' && !observation.inUse) alarms.push(observation.detail);
    },
  });
  const wrong = 'keyFile: the private key is not that of the certificate in certFile';
  files.write('key.pem', other.key);
  await expect.poll(() => gateway.certificate()?.fault).toBe(wrong);
  expect(gist(await charge(gateway))).toMatch(/^approved/);
  files.write('key.pem', own.key);
  await expect.poll(() => gateway.certificate()?.fault).toBeNull();
  expect(alarms).toEqual([wrong]);
});

test('files that cannot be used from the start are refused, by name', () => {
  const files = testFolder();
  const own = authority.issue({ names: ['client'] });
  const certFile = files.write('cert.pem', own.cert);
  const refused = (tls: PaymentTlsOptions) => () => open({ port: 1, tls });
  expect(refused({ caFile: '/none.pem' })).toThrow(/^tls: expected files of certificates, found ENOENT.*\/none\.pem/);
  expect(refused({ caFile: files.write('ca.pem', 'x') })).toThrow(/caFile: there is no certificate in PEM format/);
  expect(refused({ certFile, keyFile: files.write('key.pem', 'x') })).toThrow(/keyFile: there is no private key/);
  const key = authority.issue({ names: ['client'] }).key;
  expect(refused({ certFile, keyFile: files.write('other.pem', key) })).toThrow(/is not that of the certificate/);
  expect(refused({ certFile })).toThrow(/certFile and keyFile together/);
});

test('the first end of all certificates is shown, and of authorities the last', () => {
  const until = (days: number): number => (Math.floor(Date.now() / 1_000) + days * 86_400) * 1_000;
  const short = createAuthority('short', { to: until(1) });
  const long = createAuthority('long', { to: until(9) });
  const own = long.issue({ names: ['client'], to: until(5) });
  const expiry = (tls: PaymentTlsOptions): unknown => open({ port: 1, tls }).certificate();
  expect(expiry(client(own, short.cert + long.cert))).toEqual({ expiresAtMs: until(5), fault: null });
  expect(expiry(client(own, short.cert))).toEqual({ expiresAtMs: until(1), fault: null });
  expect(expiry(client(null, short.cert + long.cert))).toEqual({ expiresAtMs: until(9), fault: null });
  expect(expiry({})).toEqual({ expiresAtMs: null, fault: null });
  expect(open({ port: 1 }).certificate()).toBeNull();
});
