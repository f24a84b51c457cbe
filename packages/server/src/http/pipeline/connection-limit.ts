import { type Server, Server as HttpServer } from 'node:http';
import type { Socket } from 'node:net';
import type { RequestMeter } from '../../observe/requests.ts';

/** Connections beyond the limit whose request is answered that there are too many. Further ones are closed unread. */
const EXCESS_MAX = 100;

/** Time for such a connection to send its request and to take the answer. */
const EXCESS_MS = 5_000;

/** Options of {@link createConnectionLimit}. */
export interface ConnectionLimitOptions {
  readonly max: number;
  readonly meter: RequestMeter | undefined;
  readonly excessMs?: number;
}

/** A bound on the connections of a server. */
export interface ConnectionLimit {
  /** Follows the connections of a server. Call it before the server listens. */
  attach(server: Server): void;
  /** True for a connection beyond the limit. */
  isExcess(connection: object): boolean;
}

/** Makes a bound. Connections over TLS count once their handshake is done. */
export function createConnectionLimit({ max, meter, excessMs = EXCESS_MS }: ConnectionLimitOptions): ConnectionLimit {
  const excess = new WeakSet<object>();
  let open = 0;

  function follow(socket: Socket): void {
    open += 1;
    meter?.connections(open, max);
    const patience = open > max ? setTimeout(() => socket.destroy(), excessMs) : undefined;
    if (patience !== undefined) excess.add(socket);
    socket.once('close', () => {
      clearTimeout(patience);
      open -= 1;
      meter?.connections(open, max);
    });
  }

  return {
    attach(server) {
      meter?.connections(open, max);
      server.maxConnections = max + EXCESS_MAX;
      server.on('drop', () => meter?.connectionRefused());
      server.prependListener(server instanceof HttpServer ? 'connection' : 'secureConnection', follow);
    },
    isExcess: (connection) => excess.has(connection),
  };
}
