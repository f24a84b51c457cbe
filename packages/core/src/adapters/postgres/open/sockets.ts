import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** How long a server may take to say goodbye. */
const GOODBYE_MS = 1_000;

/** The sockets of connections, so that none outlives its end: a server that hangs would keep the process alive. */
export interface Sockets {
  /** A new one, not connected yet. */
  readonly open: () => Socket;
  /** Waits until all are closed, each by its connection's end, and cuts after {@link GOODBYE_MS} those that are not. */
  close(): Promise<void>;
}

/** Without any, at first. */
export function createSockets(): Sockets {
  const closings = new Map<Socket, Promise<void>>();
  return {
    open() {
      const socket = new Socket();
      const closing = Promise.withResolvers<void>();
      closings.set(socket, closing.promise);
      socket.once('close', () => {
        closings.delete(socket);
        closing.resolve();
      });
      return socket;
    },
    async close() {
      await Promise.race([Promise.all(closings.values()), wait(GOODBYE_MS, undefined, { ref: false })]);
      for (const socket of closings.keys()) socket.destroy();
    },
  };
}
