import { setTimeout as sleep } from 'node:timers/promises';
import type { PaymentGateway, Reservations, ReservationStore } from '@reservations/core';
import { SHUTDOWN_TIMEOUT_MS } from '../../config/http-defaults.ts';
import type { Drainable } from '../handler.ts';

/** Interval at which connections without a request are ended while a server closes. */
const IDLE_INTERVAL_MS = 50;

/** What an application that embeds the service made, and what ends it. */
export interface ServiceParts {
  readonly reservations: Pick<Reservations, 'stop'>;
  readonly gateway: Pick<PaymentGateway, 'close'>;
  readonly store: Pick<ReservationStore, 'close'>;
  /** Time for requests under way, in milliseconds. Default: 20 s. */
  readonly shutdownTimeoutMs?: number;
}

/** A server of `node:http`, or one that frameworks make, which may be of HTTP/2. */
export interface StoppableServer {
  readonly listening: boolean;
  close(closed: () => void): unknown;
  closeIdleConnections?(): void;
  closeAllConnections?(): void;
}

/** Options of {@link stopService}. */
export interface StopServiceOptions extends ServiceParts {
  readonly handler: Drainable;
  /** The HTTP server; null where a framework owns it. */
  readonly server: StoppableServer | null;
  /** Time in which the server still serves, with readiness at 503. Default: 0. */
  readonly drainDelayMs?: number;
}

/**
 * Stops an embedded service in the order in which no answer is lost: readiness answers 503; the engine takes no new
 * reservations and lets running ones end; the server stops listening; gateway and store are closed. Charges that run
 * longer than the time-out are cancelled and stay open in the store, for the next process; so long the server waits
 * for other requests, too. A second call for a handler returns the promise of the first one.
 */
export function stopService(options: StopServiceOptions): Promise<void> {
  const { handler } = options;
  const stopped = stops.get(handler) ?? stopInOrder(options);
  stops.set(handler, stopped);
  return stopped;
}

/** The stop of each handler: another run of it would close the store under requests that the first one waits for. */
const stops = new WeakMap<Drainable, Promise<void>>();

async function stopInOrder(options: StopServiceOptions): Promise<void> {
  const { handler, server, drainDelayMs = 0, shutdownTimeoutMs = SHUTDOWN_TIMEOUT_MS } = options;
  handler.drain();
  if (drainDelayMs > 0) await sleep(drainDelayMs);
  await stopTaking(options);
  if (server !== null) await closeServer(server, shutdownTimeoutMs);
  await closeParts(options);
}

/** Stops the engine: while the server still listens, so that running requests get their answers. */
export async function stopTaking({
  reservations,
  shutdownTimeoutMs = SHUTDOWN_TIMEOUT_MS,
}: ServiceParts): Promise<void> {
  await reservations.stop({ drainMs: shutdownTimeoutMs });
}

/** Closes what the engine works with: when no request is under way any more. */
export async function closeParts({ gateway, store }: ServiceParts): Promise<void> {
  await gateway.close();
  await store.close();
}

async function closeServer(server: StoppableServer, timeoutMs: number): Promise<void> {
  if (!server.listening) return;
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  // The platform ends idle connections once, and would wait for those whose last answer comes later.
  const idle = setInterval(() => server.closeIdleConnections?.(), IDLE_INTERVAL_MS);
  const patience = setTimeout(() => server.closeAllConnections?.(), timeoutMs);
  server.close(() => resolve());
  await closed;
  clearInterval(idle);
  clearTimeout(patience);
}
