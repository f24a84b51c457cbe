import { type Server, Server as HttpServer } from 'node:http';
import { Socket } from 'node:net';

/** A connection on which requests arrive. */
export interface OpenConnection {
  readonly socket: Socket;
  /** Requests without a complete answer. */
  underWay: number;
  idleSinceMs: number;
  /** Bytes that had arrived then: with more, another request has begun. */
  idleAtBytes: number;
  isEnded: boolean;
}

/** The connections of a server. */
export interface OpenConnections {
  /** Those on which requests arrive, which over TLS are known after the handshake. */
  all(): Iterable<OpenConnection>;
  /** Connections that were accepted, since the start. */
  acceptedCount(): number;
  /** Destroys every connection, also one in a TLS handshake. */
  destroy(): void;
}

/**
 * Follows the connections of a server from before it listens. `endSoon` is called for a connection that the platform
 * wants to end behind its last answer; returns false to have it destroyed once the answer is handed to the system,
 * which is what the platform does.
 */
export function followConnections(server: Server, endSoon: (connection: OpenConnection) => boolean): OpenConnections {
  const connections = new Map<Socket, OpenConnection>();
  const accepted = new Set<Socket>();
  let acceptedCount = 0;

  server.prependListener('connection', (socket: Socket) => {
    acceptedCount += 1;
    accepted.add(socket);
    socket.once('close', () => accepted.delete(socket));
  });
  // Requests over TLS arrive on a socket of their own.
  server.prependListener(server instanceof HttpServer ? 'connection' : 'secureConnection', (socket: Socket) => {
    const connection = { socket, underWay: 0, idleSinceMs: performance.now(), idleAtBytes: 0, isEnded: false };
    connections.set(socket, connection);
    socket.once('close', () => connections.delete(socket));
    socket.destroySoon = () => {
      if (!endSoon(connection)) Socket.prototype.destroySoon.call(socket);
    };
  });
  server.prependListener('request', ({ socket }, response) => {
    const connection = connections.get(socket);
    if (connection === undefined) return;
    connection.underWay += 1;
    response.once('close', () => {
      connection.underWay -= 1;
      connection.idleSinceMs = performance.now();
      connection.idleAtBytes = socket.bytesRead;
    });
  });

  return {
    all: () => connections.values(),
    acceptedCount: () => acceptedCount,
    destroy() {
      for (const socket of accepted) socket.destroy();
    },
  };
}

/** Tells whether no request is under way on a connection and none has begun to arrive. */
export function isIdle({ socket, underWay, idleAtBytes, isEnded }: OpenConnection): boolean {
  return !isEnded && underWay === 0 && socket.bytesRead === idleAtBytes;
}
