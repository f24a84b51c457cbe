import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { freePort } from '@reservations/test-postgres';

/** The address of the present primary, as a virtual IP or a load balancer provides it. */
export interface Address {
  readonly port: number;
  /** Cuts every connection. New ones lead to this port of this machine; for null they are cut at once. */
  pointTo(port: number | null): void;
  /** Holds back all data in both directions until {@link release}. */
  hold(): void;
  release(): void;
  close(): Promise<void>;
}

/** Opens an address without a target. */
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
    release() {
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
