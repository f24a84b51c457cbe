import { fileURLToPath } from 'node:url';
import { type Client, credentials, loadPackageDefinition, type ServiceError } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** A client of the payment service as one would write it by hand: one channel, a deadline. */
export interface Payments {
  /** Charges; resolves with the transaction id. */
  charge(reservationId: string): Promise<string>;
  close(): void;
}

const DEADLINE_MS = 5_000;

interface PaymentClient extends Client {
  ProcessPayment(
    request: object,
    options: { readonly deadline: number },
    done: (error: ServiceError | null, reply: { readonly success: boolean; readonly transaction_id: string }) => void,
  ): void;
}

/** Connects to a port on 127.0.0.1. */
export function connectToPayments(port: number): Payments {
  const proto = fileURLToPath(import.meta.resolve('@reservations/core/payment.proto'));
  const loaded = loadPackageDefinition(loadSync(proto, { keepCase: true })) as unknown as {
    readonly payment: {
      readonly PaymentService: new (
        address: string,
        security: ReturnType<typeof credentials.createInsecure>,
      ) => PaymentClient;
    };
  };
  const client = new loaded.payment.PaymentService(`127.0.0.1:${port}`, credentials.createInsecure());
  return {
    charge: (reservation_id) =>
      new Promise((resolve, reject) => {
        const request = { reservation_id, user_id: 'user_1', amount: 10.5, currency: 'EUR' };
        client.ProcessPayment(request, { deadline: Date.now() + DEADLINE_MS }, (error, reply) => {
          if (error !== null) reject(error);
          else if (reply.success) resolve(reply.transaction_id);
          else reject(new Error('the charge was declined'));
        });
      }),
    close: () => client.close(),
  };
}
