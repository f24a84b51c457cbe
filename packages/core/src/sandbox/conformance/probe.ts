import { setTimeout as wait } from 'node:timers/promises';
import type * as Grpc from '@grpc/grpc-js';
import { type ReservationId, reservationIdFrom } from '../../domain/ids.ts';
import { type Money, toMajorUnits } from '../../domain/money.ts';
import type { ReceivedPaymentResponse } from '../../proto/messages.ts';
import type { PaymentServiceClient } from '../../proto/payment-service.ts';
import type { ChargeAnswer } from './answer.ts';

/** Deadline of a call, as in production. */
export const CALL_TIMEOUT_MS = 5_000;

/** Encryption of the probe's connection: contents of files in PEM. */
export interface ProbeTls {
  /** Authorities that verify the payment service. Default: those of Node. */
  readonly ca?: Uint8Array;
  /** Certificate of the client, with `key`. */
  readonly cert?: Uint8Array;
  readonly key?: Uint8Array;
  /** Name that the service's certificate must have. Default: the host. */
  readonly serverName?: string;
}

/** Address of the payment service and the test charges to send. */
export interface PaymentServiceProbeOptions {
  /** Name or address, without a port. */
  readonly host: string;
  readonly port: number;
  /** Default: plain text. */
  readonly tls?: ProbeTls;
  /** User of the test charges. */
  readonly userId: string;
  /** Amount of each test charge. */
  readonly money: Money;
  /** A user whom the service declines; null when none is known. */
  readonly declinedUserId: string | null;
  /** A new UUIDv7 in lower case. */
  newUuid(): string;
}

/** One charge as it is sent. */
export interface ProbeCharge {
  readonly reservationId: ReservationId;
  readonly userId: string;
  readonly money: Money;
}

/** A connection to a payment service that sends single calls like production does, without retries or breaker. */
export interface PaymentServiceProbe {
  /** As in {@link PaymentServiceProbeOptions}. */
  readonly money: Money;
  readonly declinedUserId: string | null;
  /** Every reservation for which a charge was sent, in order. */
  readonly sent: readonly ReservationId[];
  /** Creates a charge of a new reservation. */
  newCharge(overrides?: Partial<Pick<ProbeCharge, 'userId' | 'money'>>): ProbeCharge;
  /** Sends ProcessPayment once. `amount` replaces the charge's own with a value that no {@link Money} can have. */
  charge(charge: ProbeCharge, call?: { readonly timeoutMs?: number; readonly amount?: number }): Promise<ChargeAnswer>;
  /** Sends ProcessPayment once and cancels the call after a while. */
  chargeAndHangUp(charge: ProbeCharge, afterMs: number): Promise<void>;
  /** Sends GetPaymentStatus; resolves with the name of the gRPC status, "OK" for a reply, and its details. */
  askStatus(transactionId: string, timeoutMs?: number): Promise<{ readonly code: string; readonly details: string }>;
  /** Idempotent. */
  close(): void;
}

/** Each connection is opened by its first call; the transport repeats nothing. */
const CHANNEL_OPTIONS: Grpc.ChannelOptions = {
  'grpc.enable_retries': 0,
  'grpc.service_config_disable_resolution': 1,
  'grpc.enable_http_proxy': 0,
};

/** Prepares a connection to a payment service of proto/payment.proto. Connects on the first call. */
export async function connectPaymentService(options: PaymentServiceProbeOptions): Promise<PaymentServiceProbe> {
  const grpc = await import('@grpc/grpc-js');
  const { PaymentServiceStub } = await import('../../proto/payment-service.ts');
  const { host, port, tls, money, declinedUserId } = options;
  const address = host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  const client =
    tls === undefined
      ? new PaymentServiceStub(address, grpc.credentials.createInsecure(), CHANNEL_OPTIONS)
      : new PaymentServiceStub(
          address,
          grpc.credentials.createSsl(toBuffer(tls.ca), toBuffer(tls.key), toBuffer(tls.cert)),
          tls.serverName === undefined
            ? CHANNEL_OPTIONS
            : { ...CHANNEL_OPTIONS, 'grpc.ssl_target_name_override': tls.serverName },
        );
  const sent = new Set<ReservationId>();

  function process(charge: ProbeCharge, timeoutMs: number, amount: number): SentCharge {
    sent.add(charge.reservationId);
    return sendCharge({ grpc, client }, { ...charge, amount }, timeoutMs);
  }

  return {
    money,
    declinedUserId,
    get sent() {
      return [...sent];
    },
    newCharge: (overrides) => ({
      reservationId: reservationIdFrom(options.newUuid()),
      userId: options.userId,
      money,
      ...overrides,
    }),
    charge: (charge, { timeoutMs = CALL_TIMEOUT_MS, amount = toMajorUnits(charge.money) } = {}) =>
      process(charge, timeoutMs, amount).answer,
    async chargeAndHangUp(charge, afterMs) {
      const { call, answer } = process(charge, CALL_TIMEOUT_MS, toMajorUnits(charge.money));
      await wait(afterMs);
      call.cancel();
      await answer;
    },
    askStatus: (transactionId, timeoutMs = CALL_TIMEOUT_MS) =>
      new Promise((resolve) => {
        const deadline = Date.now() + timeoutMs;
        client.GetPaymentStatus({ transaction_id: transactionId }, { deadline }, (error) => {
          const code = grpc.status[error?.code ?? grpc.status.OK] ?? String(error?.code);
          resolve({ code, details: error?.details ?? '' });
        });
      }),
    close: () => client.close(),
  };
}

interface SentCharge {
  readonly call: Grpc.ClientUnaryCall;
  readonly answer: Promise<ChargeAnswer>;
}

function sendCharge(
  { grpc, client }: { readonly grpc: typeof Grpc; readonly client: PaymentServiceClient },
  charge: Omit<ProbeCharge, 'money'> & { readonly amount: number; readonly money: Money },
  timeoutMs: number,
): SentCharge {
  const { reservationId: reservation_id, userId: user_id, amount, money } = charge;
  const metadata = new grpc.Metadata();
  metadata.set('idempotency-key', reservation_id);
  const { promise: answer, resolve } = Promise.withResolvers<ChargeAnswer>();
  const call = client.ProcessPayment(
    { reservation_id, user_id, amount, currency: money.currency },
    metadata,
    { deadline: Date.now() + timeoutMs },
    (error, reply) => resolve(error === null ? readReply(reply) : readError(grpc, error)),
  );
  return { call, answer };
}

function readReply(reply: ReceivedPaymentResponse | undefined): ChargeAnswer {
  if (reply?.success === true) {
    const transactionId = reply.transaction_id;
    if (transactionId !== '') return { kind: 'charged', transactionId };
    return { kind: 'unknown', detail: 'success without a transaction_id' };
  }
  const message = reply?.message ?? '';
  if (message.trim() !== '') return { kind: 'declined', message };
  return { kind: 'unknown', detail: 'an empty reply: neither success nor a message' };
}

function readError(grpc: typeof Grpc, error: Grpc.ServiceError): ChargeAnswer {
  const { status } = grpc;
  const detail = `${status[error.code] ?? error.code}: ${error.details}`;
  const [trailer] = error.metadata?.get('transaction-id') ?? [];
  const refusals: readonly number[] = [
    status.INVALID_ARGUMENT,
    status.NOT_FOUND,
    status.FAILED_PRECONDITION,
    status.OUT_OF_RANGE,
  ];
  if (refusals.includes(error.code)) return { kind: 'refused', detail };
  if (error.code === status.ALREADY_EXISTS && typeof trailer === 'string' && trailer !== '') {
    return { kind: 'charged', transactionId: trailer };
  }
  return { kind: 'unknown', detail };
}

function toBuffer(bytes: Uint8Array | undefined): Buffer | null {
  return bytes === undefined ? null : Buffer.from(bytes);
}
