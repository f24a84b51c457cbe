import { createServer, type Socket } from 'node:net';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';

/** A gRPC server whose connections can be destroyed. */
export interface GrpcListener {
  readonly host: string;
  readonly port: number;
  /** Destroys the connection of this peer, as `call.getPeer()` names it, without a reply or a status. */
  cut(peer: string): void;
  /** Ends every call and connection. Idempotent. */
  stop(): Promise<void>;
}

/** Address and service. */
export interface GrpcListenerOptions {
  readonly host: string;
  /** 0 takes a free port. */
  readonly port: number;
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/**
 * Serves gRPC in plain text. Rejects when the address cannot be bound. Loads the driver on first use, so that importing
 * the entry loads none.
 */
export async function listenGrpc(options: GrpcListenerOptions): Promise<GrpcListener> {
  const { Server, ServerCredentials } = await import('@grpc/grpc-js');
  const grpc = new Server();
  grpc.addService(options.definition, options.handlers);
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  const sockets = new Map<string, Socket>();
  const tcp = createServer((socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
    socket.setNoDelay(true);
    injector.injectConnection(socket);
  });
  await new Promise<void>((resolve, reject) => {
    tcp.once('error', reject);
    tcp.listen(options.port, options.host, resolve);
  });
  const address = tcp.address();
  if (address === null || typeof address === 'string') throw new Error('a TCP server has an address and a port');
  const closed = new Promise<void>((resolve) => {
    tcp.once('close', resolve);
  });
  return {
    host: options.host,
    port: address.port,
    cut: (peer) => sockets.get(peer)?.destroy(),
    async stop() {
      tcp.close();
      injector.destroy();
      grpc.forceShutdown();
      for (const socket of sockets.values()) socket.destroy();
      await closed;
    },
  };
}
