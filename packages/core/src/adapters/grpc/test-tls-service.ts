import { Server, ServerCredentials, status } from '@grpc/grpc-js';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestCertificate } from '@reservations/test-certificates';
import { onTestFinished } from 'vitest';
import { paymentServiceDefinition, type PaymentServiceHandlers } from '../../proto/payment-service.ts';

/** A payment service that speaks TLS. */
export interface TlsService {
  readonly port: number;
  /** Reservations of the calls so far. */
  readonly calls: readonly string[];
  /** Ends it without a word to its clients. */
  stop(): void;
}

/** Starts a service of grpc-js that approves each charge; with `clientCa` it demands certificates of its clients. */
export async function startTlsService(
  identity: TestCertificate,
  { clientCa, port = 0, answerAfterMs = 0 }: { clientCa?: string; port?: number; answerAfterMs?: number } = {},
): Promise<TlsService> {
  const server = new Server();
  const calls: string[] = [];
  const handlers: PaymentServiceHandlers = {
    ProcessPayment({ request: { reservation_id: id } }, callback) {
      calls.push(id);
      setTimeout(() => callback(null, { success: true, transaction_id: `TXN-${id}` }), answerAfterMs);
    },
    GetPaymentStatus: (_, callback) => callback({ code: status.NOT_FOUND }),
  };
  server.addService(paymentServiceDefinition, handlers);
  onTestFinished(() => server.forceShutdown());
  const credentials = ServerCredentials.createSsl(
    clientCa === undefined ? null : Buffer.from(clientCa),
    [{ cert_chain: Buffer.from(identity.cert), private_key: Buffer.from(identity.key) }],
    clientCa !== undefined,
  );
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, found) => (error ? reject(error) : resolve(found)));
  });
  return { port: bound, calls, stop: () => server.forceShutdown() };
}

/** A folder for files of one test. */
export function testFolder(): { write(name: string, text: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'reservations-tls-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return {
    write(name, text) {
      const path = join(folder, name);
      writeFileSync(`${path}.new`, text);
      renameSync(`${path}.new`, path);
      return path;
    },
  };
}
