import type { Socket } from 'node:net';
import { type CallCredentials, ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import type { FailedConnection } from './certificate-fault.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;
type ChannelTarget = Parameters<ChannelCredentials['_createSecureConnector']>[0];

/**
 * Channel credentials that track the sockets of their channel. grpc-js loses track of a connection whose peer accepts TCP
 * and never speaks HTTP/2: closing the channel leaves the socket open until the peer closes it.
 */
export class TrackedCredentials extends ChannelCredentials {
  readonly #inner: ChannelCredentials;
  readonly #sockets: Set<Socket> = new Set();
  #areDestroyed = false;
  #lastFailure: FailedConnection | null = null;

  constructor(inner: ChannelCredentials) {
    super();
    this.#inner = inner;
  }

  /** Destroys every connection of the channel, also one that is established later; calls on them fail. */
  destroySockets(): void {
    this.#areDestroyed = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  /** How the last TLS connection failed before the peer sent anything; null when none failed since one was of use. */
  lastFailure(): FailedConnection | null {
    return this.#lastFailure;
  }

  override _isSecure(): boolean {
    return this.#inner._isSecure();
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    target: ChannelTarget,
    options: ChannelOptions,
    callCredentials?: CallCredentials,
  ): SecureConnector {
    const connector = this.#inner._createSecureConnector(target, options, callCredentials);
    return {
      connect: (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        // TCP may connect after the channel was closed.
        if (this.#areDestroyed) socket.destroy();
        return this.#watch(connector.connect(socket));
      },
      waitForReady: () => connector.waitForReady(),
      getCallCredentials: () => connector.getCallCredentials(),
      destroy: () => connector.destroy(),
    };
  }

  async #watch(connecting: ReturnType<SecureConnector['connect']>): ReturnType<SecureConnector['connect']> {
    try {
      const connected = await connecting;
      if (connected.secure) this.#watchSecure(connected.socket);
      return connected;
    } catch (error) {
      if (this.#inner._isSecure()) this.#lastFailure = failed(error, false);
      throw error;
    }
  }

  /** With TLS 1.3 a server judges the certificate of its client after the client's end of the handshake. */
  #watchSecure(socket: Socket): void {
    let error: unknown = null;
    socket.on('error', (found) => (error ??= found));
    socket.once('close', () => {
      this.#lastFailure = socket.bytesRead === 0 ? failed(error, true) : null;
    });
    socket.once('error', (found) => {
      if (socket.bytesRead === 0) this.#lastFailure = failed(found, true);
    });
  }
}

function failed(error: unknown, wasSecure: boolean): FailedConnection {
  if (!(error instanceof Error)) return { code: '', message: '', wasSecure };
  return { code: 'code' in error ? String(error.code) : '', message: error.message, wasSecure };
}
