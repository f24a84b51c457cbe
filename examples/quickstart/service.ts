import { join } from 'node:path';
import { createReservations, type ReservationStore } from '@reservations/core';
import { createGrpcPaymentGateway } from '@reservations/core/grpc';
import { openSqliteStore } from '@reservations/core/sqlite';
import { type SandboxPaymentService, startSandboxPaymentService } from '@reservations/core/sandbox';
import { type RunningServer, startServer } from '@reservations/server';

/** The server on a SQLite file, and the payment service that it charges. */
export interface Service {
  readonly server: RunningServer;
  readonly store: ReservationStore;
  readonly databasePath: string;
  readonly paymentAddress: string;
  stopPayments(): Promise<void>;
  startPayments(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts both, with their data in `folder`. A port that is taken is replaced by a free one. */
export async function startService(folder: string, port: number): Promise<Service> {
  const ledgerPath = join(folder, 'ledger.jsonl');
  const databasePath = join(folder, 'reservations.db');
  let payments: SandboxPaymentService | null = await startSandboxPaymentService({ ledgerPath });
  const { host, port: paymentPort } = payments;

  async function listen(wantedPort: number): Promise<{ server: RunningServer; store: ReservationStore }> {
    const store = await openSqliteStore({ path: databasePath });
    const gateway = createGrpcPaymentGateway({ host, port: paymentPort });
    const reservations = createReservations({ store, gateway, settlement: { pollMs: 200 } });
    return { server: await startServer({ reservations, store, gateway, port: wantedPort }), store };
  }

  const { server, store } = await listen(port).catch((error: unknown) => {
    if (!isAddressInUse(error)) throw error;
    console.log(`Port ${port} is taken; taking a free one.\n`);
    return listen(0);
  });

  async function stopPayments(): Promise<void> {
    await payments?.stop();
    payments = null;
  }
  return {
    server,
    store,
    databasePath,
    paymentAddress: `${host}:${paymentPort}`,
    stopPayments,
    async startPayments() {
      payments ??= await startSandboxPaymentService({ host, port: paymentPort, ledgerPath });
    },
    async stop() {
      await server.stop();
      await stopPayments();
    },
  };
}

function isAddressInUse(error: unknown): boolean {
  const cause = error instanceof Error ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
  return cause?.code === 'EADDRINUSE';
}
