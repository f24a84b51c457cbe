import { connect } from 'node:net';
import {
  createReservations,
  type Observer,
  type PaymentGateway,
  type PaymentOutcome,
  type ReservationStore,
  type Runtime,
} from '@reservations/core';
import { createMemoryStore } from '@reservations/core/memory';
import { onTestFinished } from 'vitest';
import { type RunningServer, type ServerOptions, startServer } from './server.ts';

/** A real server over a real store, whose payment service says what the test wants. */
export interface Service {
  readonly server: RunningServer;
  readonly store: ReservationStore;
  /** User ids of the charges so far. */
  readonly charged: readonly string[];
  /** What the payment service says from now on. */
  payment(outcome: PaymentOutcome | (() => Promise<PaymentOutcome>)): void;
  post(body: unknown, headers?: Record<string, string>, signal?: AbortSignal): Promise<Answer>;
  request(path: string, init?: RequestInit): Promise<Answer>;
}

/** An answer, read to its end. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
}

export interface ServiceOptions extends Omit<Partial<ServerOptions>, 'store' | 'gateway' | 'reservations'> {
  readonly store?: ReservationStore;
  readonly answerUnknownAs?: 'pending' | 'failed';
  /** Charges that the payment service takes at a time. Default: 512. */
  readonly chargesMax?: number;
  /** Hears the engine. Default: the engine's own. */
  readonly observer?: Observer;
  /** Default: that of the machine. */
  readonly runtime?: Runtime;
}

export const APPROVED: PaymentOutcome = { kind: 'approved', transactionId: 'TXN-1', message: 'Payment approved' };
export const DECLINED: PaymentOutcome = { kind: 'declined', message: 'Insufficient funds' };
export const NOT_SENT: PaymentOutcome = { kind: 'not-sent', cause: 'no-connection', detail: 'refused' };
export const UNKNOWN: PaymentOutcome = { kind: 'unknown', cause: 'deadline-exceeded', detail: 'no answer' };

let openStore = async (): Promise<ReservationStore> => createMemoryStore();

/** Puts every service that is started from now on over a store of another kind. */
export function useStores(open: () => Promise<ReservationStore>): void {
  openStore = open;
}

/** Starts a service that ends with the test. */
export async function startService(options: ServiceOptions = {}): Promise<Service> {
  const store = options.store ?? (await openStore());
  const charged: string[] = [];
  let say: () => Promise<PaymentOutcome> = () => Promise.resolve(APPROVED);
  const gateway: PaymentGateway = {
    idempotency: 'by-reservation-id',
    chargesMax: options.chargesMax ?? 512,
    async charge(request, { maySend, signal }) {
      if (!maySend()) return { kind: 'not-sent', cause: 'stopped', detail: 'may not be sent' };
      charged.push(request.userId);
      const cancelled = new Promise<PaymentOutcome>((resolve) => {
        signal.addEventListener('abort', () => resolve({ kind: 'unknown', cause: 'cancelled', detail: 'aborted' }));
      });
      return await Promise.race([say(), cancelled]);
    },
    close: () => Promise.resolve(),
  };
  const { answerUnknownAs = 'pending', observer, runtime } = options;
  const reservations = createReservations({
    store,
    gateway,
    answerUnknownAs,
    ...(observer === undefined ? {} : { observer }),
    ...(runtime === undefined ? {} : { runtime }),
  });
  const server = await startServer({ ...options, store, gateway, reservations });
  onTestFinished(() => server.stop());

  async function request(path: string, init?: RequestInit): Promise<Answer> {
    const response = await fetch(server.url + path, init);
    const text = await response.text();
    const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, body };
  }
  return {
    server,
    store,
    charged,
    payment(outcome) {
      say = typeof outcome === 'function' ? outcome : () => Promise.resolve(outcome);
    },
    post: (body, headers = {}, signal) =>
      request('/reservations', {
        method: 'POST',
        signal: signal ?? null,
        headers: { 'Content-Type': 'application/json', ...headers },
        body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
      }),
    request,
  };
}

/** Sends bytes over a connection of its own; resolves with all that comes back until the server closes it. */
export function sendRaw(port: number, ...parts: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(received));
    for (const part of parts) socket.write(part);
  });
}

/** Status and JSON body of a raw answer. */
export function parseRaw(raw: string): { readonly status: number; readonly head: string; readonly body: unknown } {
  const [head = '', body = ''] = raw.split('\r\n\r\n');
  return { status: Number(head.split(' ')[1]), head, body: body === '' ? null : JSON.parse(body) };
}

/** A promise and its resolution. */
export function deferred<Value>(): { readonly promise: Promise<Value>; resolve(value: Value): void } {
  return Promise.withResolvers<Value>();
}

/** Holds payments: they begin, and end as the test says. */
export function holdPayments(service: Service): {
  readonly charging: Promise<void>;
  end(outcome: PaymentOutcome): void;
} {
  const charging = deferred<void>();
  const verdict = deferred<PaymentOutcome>();
  service.payment(() => {
    charging.resolve();
    return verdict.promise;
  });
  return { charging: charging.promise, end: verdict.resolve };
}
