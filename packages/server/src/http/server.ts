import { createServer, type RequestListener, type Server, type ServerOptions as HttpOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentGateway, Reservations, ReservationStore, Tracer } from '@reservations/core';
import type { Logger } from 'pino';
import {
  CONNECTIONS_LIMIT,
  CONNECTIONS_MAX,
  KEEP_ALIVE_TIMEOUT_MS,
  REQUEST_TIMEOUT_MS,
  SHUTDOWN_TIMEOUT_MS,
} from '../config/http-defaults.ts';
import { isLocalHost } from '../config/loopback.ts';
import { type AuthOption, checkAuth } from './auth-option.ts';
import { contextOf, type ServerTls } from './certificate.ts';
import { createConnectionCloser } from './pipeline/connection-close.ts';
import { createConnectionLimit } from './pipeline/connection-limit.ts';
import { checkWholeNumber } from '../config/whole-number.ts';
import { createConnectionGuard } from './pipeline/connection-errors.ts';
import type { CorsOrigins } from '../config/cors-origins.ts';
import type { RateLimit } from '../config/rate-limit.ts';
import { createRequestListener } from './handler.ts';
import { listen, urlOf } from './listen.ts';
import type { LifecycleState } from './health/readiness.ts';
import type { StatusOptions } from './health/status-options.ts';
import type { RequestMeter } from '../observe/requests.ts';
import { SHUTTING_DOWN } from './problems/problem-of.ts';

/** Interval at which the time-outs are checked. */
const TIMEOUT_CHECK_INTERVAL_MS = 500;

/** Options of {@link startServer}. The server stops and closes the engine, the gateway and the store. */
export interface ServerOptions {
  readonly reservations: Reservations;
  readonly store: ReservationStore;
  readonly gateway: PaymentGateway;
  /** Default: 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** Serves HTTPS. Default: HTTP without encryption. */
  readonly tls?: ServerTls;
  /**
   * Says who sends a request. With "none" every request may do everything. Default: "none" on a host that only this machine
   * reaches; for any other it must be given.
   */
  readonly auth?: AuthOption;
  readonly logger?: Logger;
  /** Records a span for each request. Default: none. */
  readonly tracer?: Tracer;
  /** Measures each request. Default: none. */
  readonly requests?: RequestMeter;
  /** `GET /health/status`. Default: none. */
  readonly status?: StatusOptions;
  readonly bodyLimitBytes?: number;
  /** Default: 30 s. */
  readonly requestTimeoutMs?: number;
  /** Default: 620 s. */
  readonly keepAliveTimeoutMs?: number;
  /** Path below which clients reach the service; put before every link. Default: none. */
  readonly basePath?: string;
  /** Origins whose pages may read answers. Default: "*", every origin. */
  readonly corsOrigins?: CorsOrigins;
  /** Requests that each client may send: "100/min". Each process counts for itself. Default: null, no limit. */
  readonly rateLimit?: RateLimit | null;
  /** Connections that may be open at a time. Default: 10,000. */
  readonly connectionsMax?: number;
  /** Streams of events that may be open at a time. Default: 2,000. */
  readonly streamsMax?: number;
  /** Proxies in front of the service whose `X-Forwarded-For` tells the address of a client. Default: 0, none is believed. */
  readonly trustedProxies?: number;
  /** Default: 20 s. */
  readonly shutdownTimeoutMs?: number;
  /** Time from the stop request during which the server still serves, with readiness at 503. Default: 0. */
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
 * @throws {ReservationError} INVALID_OPTION, naming option, expectation and value; nothing is closed.
 */
export async function startServer(options: ServerOptions): Promise<RunningServer> {
  const { reservations, store, gateway, host = '127.0.0.1', port = 0 } = options;
  const { requestTimeoutMs = REQUEST_TIMEOUT_MS, shutdownTimeoutMs = SHUTDOWN_TIMEOUT_MS, drainDelayMs = 0 } = options;
  const { keepAliveTimeoutMs = KEEP_ALIVE_TIMEOUT_MS, corsOrigins = '*' } = options;
  const auth = checkAuth(options.auth ?? (isLocalHost(host) ? 'none' : undefined));
  let state: LifecycleState = 'starting';
  const stopping = new AbortController();
  const connectionsMax = options.connectionsMax ?? CONNECTIONS_MAX;
  const max = checkWholeNumber('connectionsMax', connectionsMax, 1, CONNECTIONS_LIMIT);
  const connectionLimit = createConnectionLimit({ max, meter: options.requests });
  const server = openServer(
    options.tls,
    {
      requestTimeout: requestTimeoutMs,
      headersTimeout: requestTimeoutMs,
      keepAliveTimeout: keepAliveTimeoutMs,
      connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
      // The application answers for it, in the shape of all errors.
      requireHostHeader: false,
    },
    createRequestListener({
      ...options,
      auth,
      isExcess: (connection) => connectionLimit.isExcess(connection),
      corsOrigins,
      state: () => state,
      stopping: stopping.signal,
    }),
  );
  const guard = createConnectionGuard(server, { corsOrigins });
  connectionLimit.attach(server);
  const closer = createConnectionCloser(server, { refuse: (socket) => guard.refuse(socket, SHUTTING_DOWN) });

  async function shutDown(): Promise<void> {
    state = 'draining';
    stopping.abort();
    closer.drain();
    if (server.listening) await sleep(drainDelayMs);
    // Before the first refusal: a client that sees the end of its connection opens another, to a server that serves.
    await closer.endIdle();
    await reservations.stop({ drainMs: shutdownTimeoutMs });
    await closer.close();
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
  return {
    host,
    port: address.port,
    url: urlOf(options.tls === undefined ? 'http' : 'https', host, address.port),
    stop,
  };
}

/** HTTP/1.1 in either case: it is the only protocol that is offered. */
function openServer(tls: ServerTls | undefined, options: HttpOptions, listener: RequestListener): Server {
  if (tls === undefined) return createServer(options, listener);
  const { requestTimeout } = options;
  const server = createTlsServer(
    {
      ...options,
      ...contextOf(tls),
      ALPNProtocols: ['http/1.1'],
      ...(requestTimeout === undefined ? {} : { handshakeTimeout: requestTimeout }),
    },
    listener,
  );
  tls.onChange(() => server.setSecureContext(contextOf(tls)));
  return server;
}
