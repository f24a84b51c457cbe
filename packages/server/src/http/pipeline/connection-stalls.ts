import { type Server, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';

/** Time after which a connection is destroyed on which the client has taken nothing of an answer that waits. */
export const STALL_MS = 60_000;

/** Interval at which connections are looked at. */
const INTERVAL_MS = 10_000;

/** Times of {@link destroyStalled}. */
export interface StallOptions {
  readonly stallMs?: number;
  readonly intervalMs?: number;
}

interface Progress {
  /** Bytes that the system has taken over. */
  taken: number;
  since: number;
}

/**
 * Destroys the connections of clients that do not read their answers. The time-outs of the platform do not: they end
 * requests that arrive slowly, and connections without a request. A payment under way is not affected; its client finds
 * the reservation by its key.
 */
export function destroyStalled(
  server: Server,
  { stallMs = STALL_MS, intervalMs = INTERVAL_MS }: StallOptions = {},
): void {
  const connections = new Map<Socket, Progress>();
  let sweeps: NodeJS.Timeout | null = null;

  function sweep(): void {
    const now = performance.now();
    for (const [socket, progress] of connections) {
      const taken = socket.bytesWritten - socket.writableLength;
      if (socket.writableLength === 0 || taken !== progress.taken) Object.assign(progress, { taken, since: now });
      else if (now - progress.since >= stallMs) socket.destroy();
    }
  }

  // Requests over TLS arrive on a socket of their own.
  server.on(server instanceof HttpServer ? 'connection' : 'secureConnection', (socket: Socket) => {
    connections.set(socket, { taken: 0, since: performance.now() });
    sweeps ??= setInterval(sweep, intervalMs).unref();
    socket.once('close', () => {
      connections.delete(socket);
      if (connections.size > 0) return;
      clearInterval(sweeps ?? undefined);
      sweeps = null;
    });
  });
}
