import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentGateway, Reservations, ReservationStore } from '@reservations/core';
import type { Logger } from 'pino';
import { guardConnections } from './connection-errors.ts';
import type { CorsOrigins } from './cors-origins.ts';
import { createRequestListener } from './handler.ts';
import type { LifecycleState } from './health.ts';

/** How long headers and body of a request may take to arrive unless said otherwise. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** How long a server may take to stop unless said otherwise: an attempt to charge takes 5 s at the most. */
export const SHUTDOWN_TIMEOUT_MS = 20_000;

/**
 * How long an idle connection stays open unless said otherwise: longer than most load balancers and HTTP clients keep
 * one, so that the server is not the first to close.
 */
export const KEEP_ALIVE_TIMEOUT_MS = 620_000;

/** How exactly the time-outs are kept. */
const TIMEOUT_CHECK_INTERVAL_MS = 500;

/** How long, once the engine has stopped, the last answers may take to be read. */
const LAST_ANSWERS_MS = 500;

/** What {@link startServer} works with. The server stops and closes what it was given. */
export interface ServerOptions {
  readonly reservations: Reservations;
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  readonly logger?: Logger;
  readonly bodyLimitBytes?: number;
  /** Default: {@link REQUEST_TIMEOUT_MS}. */
  readonly requestTimeoutMs?: number;
  /** Default: {@link KEEP_ALIVE_TIMEOUT_MS}. */
  readonly keepAliveTimeoutMs?: number;
  /** Path below which clients reach the service; put before every link. Default: none. */
  readonly basePath?: string;
  /** Whose pages may read answers. Default: "*", every origin. */
  readonly corsOrigins?: CorsOrigins;
  /** Default: {@link SHUTDOWN_TIMEOUT_MS}. */
  readonly shutdownTimeoutMs?: number;
  /** How long a server that is told to stop serves on, with readiness at 503, before it takes no new work. Default: 0. */
  readonly drainDelayMs?: number;
}

/** A server that listens. */
export interface RunningServer {
  readonly host: string;
  readonly port: number;
  /** Without a slash at its end. */
  readonly url: string;
  /**
   * Takes no new work, lets requests under way end, then stops listening and closes gateway and store. Until it stops
   * listening, readiness and reservations can be asked for. Charges that run longer than the shutdown time-out are
   * cancelled and stay open in the store, for the next process. Idempotent.
   */
  stop(): Promise<void>;
}

/**
 * Listens, and settles what earlier processes left open.
 * @throws {Error} when the address cannot be listened on; engine, gateway and store are then closed already.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { reservations, store, gateway, host = '127.0.0.1', port = 0 } = options;
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS, shutdownTimeoutMs = SHUTDOWN_TIMEOUT_MS, drainDelayMs = 0 } = options;
  const { keepAliveTimeoutMs = KEEP_ALIVE_TIMEOUT_MS, corsOrigins = '*' } = options;
  let state: LifecycleState = 'starting';
  const server = createServer(
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      // The application answers for it, in the shape of all errors.
      requireHostHeader: false,
    },
    createRequestListener({ ...options, corsOrigins, state: () => state }),
  );
  guardConnections(server, { corsOrigins });

  async function shutDown(): Promise<void> {
    state = 'draining';
    if (server.listening) await sleep(drainDelayMs);
    await reservations.stop({ drainMs: shutdownTimeoutMs });
    await closeServer(server, LAST_ANSWERS_MS);
    await gateway.close();
    await store.close();
  }

  let stopped: Promise<void> | null = null;
  const stop = (): Promise<void> => (stopped ??= shutDown());
  try {
    await listen(server, host, port);
  } catch (error) {
    await stop();
    throw error;
  }
  reservations.start();
  state = 'ready';
  const address = server.address() as AddressInfo;
  return { host, port: address.port, url: urlOf(host, address.port), stop };
}

function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

function listen(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    function fail(cause: NodeJS.ErrnoException): void {
      const reason = cause.code === 'EADDRINUSE' ? 'the port is in use' : cause.message;
      reject(new Error(`cannot listen on ${host}:${port}: ${reason}`, { cause }));
    }
    server.once('error', fail);
    server.listen(port, host, () => {
      server.off('error', fail);
      resolve();
    });
  });
}

/** Resolves when no connection is left. Those that still are after `patienceMs` are cut. */
async function closeServer(server: Server, patienceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  const patience = setTimeout(() => server.closeAllConnections(), patienceMs);
  await closed;
  clearTimeout(patience);
}
