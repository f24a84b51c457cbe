import type { Server } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { followConnections, isIdle, type OpenConnection, type OpenConnections } from './open-connections.ts';

/**
 * Idle time after which a connection of a stopping server is ended. A client in a loop sends its next request sooner,
 * and a new connection its first one: an answer with `Connection: close` then ends the connection without a race.
 */
const IDLE_MIN_MS = 100;

/** Interval at which idle connections are looked for. */
const SWEEP_INTERVAL_MS = 50;

/** Time for requests that have begun to arrive when the server stops listening. */
const LAST_ARRIVALS_MS = 500;

/** Time for the client to close its half of a connection that the server has ended. */
const LINGER_MS = 1_000;

/** Turns of the event loop for the connections that the system has established: more than its queue holds. */
const BACKLOG_TURNS_MAX = 1_024;

/** Turns without a new connection after which that queue is empty. */
const BACKLOG_QUIET_TURNS = 2;

/** Options of {@link createConnectionCloser}. */
export interface ConnectionCloserOptions {
  /** Answers a request that has not arrived completely, and ends its connection; see `createConnectionGuard`. */
  refuse(socket: Socket): void;
}

/** Ends the connections of a server without a reset for clients that keep to HTTP. */
export interface ConnectionCloser {
  /** From now on, a connection that an answer ends is read on until the client closes its half as well. */
  drain(): void;
  /** Ends connections that are idle, and from now on each one that becomes idle. Resolves when the first are ended. */
  endIdle(): Promise<void>;
  /**
   * Accepts the connections that the system has established already, stops listening, and resolves when no connection
   * is left: at the latest 1.5 s after that.
   */
  close(): Promise<void>;
}

/**
 * Follows the connections of a server, for its stop. The platform's `close` destroys idle connections: a request that
 * the client sends at that moment meets a reset, and so do connections that wait to be accepted. Here the server sends
 * its FIN and reads on. A request behind the FIN is not executed (see `inTurn`), and its client reads the end of the
 * connection instead of a reset. Call it before the server listens.
 */
export function createConnectionCloser(server: Server, options: ConnectionCloserOptions): ConnectionCloser {
  let isDraining = false;
  let sweeps: NodeJS.Timeout | null = null;
  const connections = followConnections(server, (connection) => {
    if (isDraining) end(connection);
    return isDraining;
  });

  function sweep(): void {
    const idleBefore = performance.now() - IDLE_MIN_MS;
    for (const connection of connections.all()) {
      if (isIdle(connection) && connection.idleSinceMs <= idleBefore) end(connection);
    }
  }

  /** For those that no request ends. */
  function endAll(): void {
    for (const connection of connections.all()) {
      if (isIdle(connection)) end(connection);
      else if (!connection.isEnded) options.refuse(connection.socket);
    }
  }

  async function endIdle(): Promise<void> {
    if (sweeps !== null) return;
    isDraining = true;
    // What has arrived is read before a connection is taken for idle.
    sweeps = setInterval(() => setImmediate(sweep), SWEEP_INTERVAL_MS);
    await nextTurn();
    sweep();
  }

  return {
    drain() {
      isDraining = true;
    },
    endIdle,
    async close() {
      await endIdle();
      if (server.listening) await acceptBacklog(connections);
      const { promise: closed, resolve } = Promise.withResolvers<void>();
      // Not the server's own, which destroys idle connections and ends the checks of the time-outs.
      NetServer.prototype.close.call(server, () => resolve());
      const lastArrivals = setTimeout(endAll, LAST_ARRIVALS_MS);
      const patience = setTimeout(() => connections.destroy(), LAST_ARRIVALS_MS + LINGER_MS);
      await closed;
      clearTimeout(lastArrivals);
      clearTimeout(patience);
      clearInterval(sweeps ?? undefined);
      // Ends the checks of the time-outs.
      server.close();
    },
  };
}

function end(connection: OpenConnection): void {
  if (connection.isEnded) return;
  connection.isEnded = true;
  const { socket } = connection;
  socket.end();
  const linger = setTimeout(() => socket.destroy(), LINGER_MS);
  socket.once('close', () => clearTimeout(linger));
}

/** Resolves when the system has no connection left to accept. */
async function acceptBacklog(connections: OpenConnections): Promise<void> {
  let quiet = 0;
  for (let turn = 0; turn < BACKLOG_TURNS_MAX && quiet < BACKLOG_QUIET_TURNS; turn += 1) {
    const before = connections.acceptedCount();
    await nextTurn();
    quiet = connections.acceptedCount() === before ? quiet + 1 : 0;
  }
}

/** Resolves when the events of all connections have been handled. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
