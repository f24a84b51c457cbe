import { createAuthority, type TestCertificate } from '@reservations/test-certificates';
import { expect, onTestFinished, test } from 'vitest';
import { startTlsService } from '../../adapters/grpc/test-tls-service.ts';
import { systemRuntime } from '../../adapters/system/runtime.ts';
import { connectPaymentService, type PaymentServiceProbe, type ProbeTls } from './probe.ts';

const authority = createAuthority('Probed');
const identity = authority.issue({ names: ['payments.example'] });

async function connect(port: number, tls?: ProbeTls): Promise<PaymentServiceProbe> {
  const probe = await connectPaymentService({
    host: '127.0.0.1',
    port,
    userId: 'user_1',
    money: { amountMinor: 100, currency: 'EUR', decimals: 2 },
    declinedUserId: null,
    newUuid: systemRuntime().newUuid,
    ...(tls === undefined ? {} : { tls }),
  });
  onTestFinished(() => probe.close());
  return probe;
}

function trusting({ cert, key }: Partial<TestCertificate> = {}): ProbeTls {
  return {
    ca: Buffer.from(authority.cert),
    serverName: 'payments.example',
    ...(cert === undefined || key === undefined ? {} : { cert: Buffer.from(cert), key: Buffer.from(key) }),
  };
}

test('a service is reached over TLS by the name in its certificate', async () => {
  const { port } = await startTlsService(identity);
  expect((await (await connect(port, trusting())).askStatus('TXN-1')).code).toBe('NOT_FOUND');
});

test('a service that demands a certificate is reached with one, and not without', async () => {
  const { port } = await startTlsService(identity, { clientCa: authority.cert });
  const own = authority.issue({ names: ['reservations'] });
  expect((await (await connect(port, trusting(own))).askStatus('TXN-1')).code).toBe('NOT_FOUND');
  expect((await (await connect(port, trusting())).askStatus('TXN-1')).code).toBe('UNAVAILABLE');
});

test('a certificate of another authority, another name, and plain text are refused', async () => {
  const { port } = await startTlsService(identity);
  const ca = Buffer.from(createAuthority('Another').cert);
  for (const tls of [{ ...trusting(), ca }, { ...trusting(), serverName: 'other.example' }, undefined]) {
    expect((await (await connect(port, tls)).askStatus('TXN-1')).code).toBe('UNAVAILABLE');
  }
});
