import { connect, createServer, type Server, type Socket } from 'node:net';

/** A TCP listener in place of a payment service. */
export interface Peer {
  readonly host: string;
  readonly port: number;
  /** Open connections. */
  connections(): number;
  /** Closes it and destroys every connection. */
  stop(): Promise<void>;
}

/** Listens on a free port of this machine; `accept` receives each connection and its number, from 1. */
export async function startPeer(accept: (socket: Socket, number: number) => void): Promise<Peer> {
  const sockets = new Set<Socket>();
  let number = 0;
  const server = createServer((socket) => {
    number += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => undefined);
    accept(socket, number);
  });
  const port = await listenOnFreePort(server);
  const closed = new Promise<void>((resolve) => {
    server.once('close', resolve);
  });
  return {
    host: '127.0.0.1',
    port,
    connections: () => sockets.size,
    async stop() {
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** Forwards a connection to another port, in both directions. */
export function passOn(socket: Socket, port: number): void {
  const onward = connect(port, '127.0.0.1');
  onward.on('error', () => socket.destroy());
  onward.once('close', () => socket.destroy());
  socket.once('close', () => onward.destroy());
  socket.pipe(onward).pipe(socket);
}

/** What a load balancer or NAT gateway does with data on a dropped connection. */
export type Forgetting = 'drops' | 'resets';

/** Forwards a connection until it has been idle for a time; then drops the data, or resets the sender. */
export function passOnUntilIdle(socket: Socket, port: number, forgetAfterMs: number, forgetting: Forgetting): void {
  const onward = connect(port, '127.0.0.1');
  let usedAt = performance.now();
  let isForgotten = false;
  const pass = (from: Socket, to: Socket): void => {
    from.on('data', (data) => {
      isForgotten ||= performance.now() - usedAt >= forgetAfterMs;
      usedAt = performance.now();
      if (!isForgotten) to.write(data);
      else if (forgetting === 'resets') from.resetAndDestroy();
    });
    from.on('error', () => undefined);
    // The end of a dropped connection is not forwarded.
    from.once('close', () => !isForgotten && to.destroy());
  };
  pass(socket, onward);
  pass(onward, socket);
}

/** A port without a listener. */
export async function refusedPort(): Promise<number> {
  const server = createServer();
  const port = await listenOnFreePort(server);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

async function listenOnFreePort(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has a port');
  return address.port;
}
