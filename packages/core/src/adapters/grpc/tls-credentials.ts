import { CallCredentials, ChannelCredentials, type ChannelOptions } from '@grpc/grpc-js';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import type { TlsIdentity } from '../system/tls-identity.ts';

type SecureConnector = ReturnType<ChannelCredentials['_createSecureConnector']>;
type ChannelTarget = Parameters<ChannelCredentials['_createSecureConnector']>[0];

/**
 * Channel credentials for one identity and one name. Those of grpc-js send an IP address as the name of the server, which
 * RFC 6066 forbids and Node warns of.
 */
export class TlsCredentials extends ChannelCredentials {
  readonly #identity: TlsIdentity;
  readonly #serverName: string;

  constructor(identity: TlsIdentity, serverName: string) {
    super();
    this.#identity = identity;
    this.#serverName = serverName;
  }

  override _isSecure(): boolean {
    return true;
  }

  override _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  override _createSecureConnector(
    _target: ChannelTarget,
    _options: ChannelOptions,
    callCredentials: CallCredentials = CallCredentials.createEmpty(),
  ): SecureConnector {
    const host = this.#serverName;
    const secureContext = this.#identity.context;
    return {
      connect: (socket) =>
        new Promise((resolve, reject) => {
          // Node verifies chain and name before it calls back.
          const secure = connect(
            { socket, secureContext, host, servername: isIP(host) > 0 ? '' : host, ALPNProtocols: ['h2'] },
            () => resolve({ socket: secure, secure: true }),
          );
          secure.on('error', reject);
          secure.once('close', () => reject(new Error('the connection was closed during the TLS handshake')));
        }),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => callCredentials,
      destroy: () => undefined,
    };
  }
}
