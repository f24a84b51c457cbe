import { Socket } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** Time for a server to close a connection. */
const GOODBYE_MS = 1_000;

/** Tracks sockets so that none outlives the store: an unresponsive server would keep the process alive. */
export interface Sockets {
  /** Creates an unconnected socket. */
  readonly open: () => Socket;
  /** Waits until all are closed, and destroys the remaining ones after {@link GOODBYE_MS}. */
  close(): Promise<void>;
}

/** Creates an empty set. */
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
