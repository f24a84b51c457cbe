import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Pause between two checks of a server's readiness. */
const CHECK_INTERVAL_MS = 50;

/** A server behind the balancer. */
interface Backend {
  readonly port: number;
  isReady: boolean;
  /** Connections that it was given. */
  connections: number;
}

/** A load balancer for TCP: it passes on bytes, ends and resets, and knows nothing of HTTP but the readiness check. */
export interface TcpBalancer {
  readonly port: number;
  /** Adds the server at a URL; resolves once it is ready. */
  add(url: string): Promise<void>;
  /** Connections that each server was given, in the order in which the servers were added. */
  connections(): readonly number[];
}

/** Starts a balancer that ends with the test. */
export async function startTcpBalancer(): Promise<TcpBalancer> {
  const backends: Backend[] = [];
  const sockets = new Set<Socket>();
  let isStopped = false;
  let turn = 0;

  function keep(socket: Socket): Socket {
    sockets.add(socket);
    return socket.once('close', () => sockets.delete(socket)).setNoDelay(true);
  }

  /** Connects to the next server that is ready, and to another one while one refuses. */
  function serve(client: Socket, candidates: readonly Backend[]): void {
    const [backend, ...others] = candidates;
    if (backend === undefined) {
      client.resetAndDestroy();
      return;
    }
    const upstream = keep(connect({ port: backend.port, host: '127.0.0.1', allowHalfOpen: true }));
    const tryOthers = (): void => serve(client, others);
    upstream.once('error', tryOthers);
    upstream.once('connect', () => {
      backend.connections += 1;
      upstream.off('error', tryOthers);
      upstream.on('error', () => client.resetAndDestroy());
      client.on('error', () => upstream.resetAndDestroy());
      client.pipe(upstream).pipe(client);
    });
  }

  const server = createServer({ allowHalfOpen: true }, (client) => {
    keep(client).on('error', () => undefined);
    const ready = backends.filter(({ isReady }) => isReady);
    const first = turn % Math.max(1, ready.length);
    turn += 1;
    serve(client, [...ready.slice(first), ...ready.slice(0, first)]);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    isStopped = true;
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  return {
    port: (server.address() as AddressInfo).port,
    async add(url) {
      const backend = { port: Number(new URL(url).port), isReady: false, connections: 0 };
      backends.push(backend);
      await new Promise<void>((resolve) => {
        const check = async (): Promise<void> => {
          backend.isReady = await isReady(backend.port);
          if (backend.isReady) resolve();
          if (!isStopped) setTimeout(() => void check(), CHECK_INTERVAL_MS);
        };
        void check();
      });
    },
    connections: () => backends.map(({ connections }) => connections),
  };
}

/** Asks on a connection of its own, as load balancers do. */
function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    let received = '';
    socket.on('data', (chunk) => (received += chunk.toString('latin1')));
    socket.on('error', () => resolve(false));
    socket.on('close', () => resolve(received.startsWith('HTTP/1.1 200 ')));
    socket.write('GET /health/ready HTTP/1.1\r\nHost: balancer\r\nConnection: close\r\n\r\n');
  });
}
