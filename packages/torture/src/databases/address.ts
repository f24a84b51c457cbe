import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@reservations/test-postgres';

/** One address for whichever server is the primary, as a virtual IP or a load balancer is in a real set-up. */
export interface Address {
  readonly port: number;
  /** Cuts every connection; new ones lead to this port of this machine, or are cut at once when it is null. */
  pointTo(port: number | null): void;
  /** From now on nothing is passed on, in either direction, until {@link letGo}. */
  hold(): void;
  letGo(): void;
  close(): Promise<void>;
}

/** Opens an address that leads nowhere yet. */
export async function openAddress(): Promise<Address> {
  const port = await freePort();
  const sockets = new Set<Socket>();
  let target: number | null = null;
  let isHeld = false;

  function pass(from: Socket, to: Socket): void {
    sockets.add(from);
    if (isHeld) from.pause();
    from.on('data', (chunk: Buffer) => {
      if (!to.write(chunk)) from.pause();
    });
    to.on('drain', () => {
      if (!isHeld) from.resume();
    });
    from.on('error', () => undefined);
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  }

  function cut(): void {
    for (const socket of sockets) socket.destroy();
  }

  const listener = createServer({ noDelay: true }, (client) => {
    if (target === null) {
      client.on('error', () => undefined).destroy();
      return;
    }
    const server = connect({ port: target, host: '127.0.0.1', noDelay: true });
    pass(client, server);
    pass(server, client);
  }).listen(port, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port,
    pointTo(to) {
      target = to;
      cut();
    },
    hold() {
      isHeld = true;
      for (const socket of sockets) socket.pause();
    },
    letGo() {
      isHeld = false;
      for (const socket of sockets) socket.resume();
    },
    async close() {
      cut();
      listener.close();
      await once(listener, 'close');
    },
  };
}
